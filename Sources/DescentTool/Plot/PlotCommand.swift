internal import ArgumentParser

/// `descent plot`: logged runs on top of each other.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw runs that \"descent fit --log\" kept, on top of each other.",
    discussion: """
      Loss, learning rate, gradient norm and clip factor, one above the other over the steps, as an SVG (by gnuplot). Each \
      run is called by the name of its file, and by the options in which the runs differ. A line is the mean of the steps \
      that share a place (there are \(CurveBins.count)); up to \(RunPlot.mostBands) runs have a band from the least to the \
      largest. An axis is logarithmic where the largest value is more than \(Int(PanelAxis.logarithmicFrom)) times the median. \
      A cross at the upper edge is where values are no longer finite.

      The log of a run has one JSON object a line: first a header (format, command, data, model, optimizer, settings), then \
      steps (step, epoch, loss, learningRate, gradientNorm, clipFactor, updateNorm); what is not finite is "inf", "-inf" or \
      "nan". A log from code of your own needs no header: its lines are what an observer encodes of every StepReport.

      EXAMPLES
        descent fit data.csv --model softmax --log momentum.jsonl
        descent fit data.csv --model softmax --optimizer adamw --log adamw.jsonl
        descent plot momentum.jsonl adamw.jsonl -o runs.svg
        rsvg-convert --format pdf runs.svg > runs.pdf
            for a paper
      """)

  @Argument(
    help: ArgumentHelp("The logs of the runs, in the order of the legend.", valueName: "run.jsonl"),
    completion: .file(extensions: ["jsonl"]))
  var runs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The picture, an SVG.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var output: String

  func validate() throws {
    try OutputFile.checkPicture(output, option: "--output")
    try OutputFile.check(["--output": output], areNot: runs)
  }

  func run() throws {
    try Gnuplot.check()
    let runs = try runs.map { try LoggedRun(contentsOf: $0) }
    for run in runs where run.isTorn {
      Terminal.note("note: the last line of \(run.path) has no end and was left out")
    }
    try RunPlot(zip(RunLabels.of(runs), runs).map { ($0, $1.history) }).write(to: output)
  }
}
