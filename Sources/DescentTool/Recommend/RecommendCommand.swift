internal import ArgumentParser
internal import Descent

/// `descent recommend`: where to begin.
struct RecommendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Say with which settings to begin a fit, and why.",
    discussion: """
      For those who do not know where to begin: looks at the data, measures the curvature of the objective, runs a range \
      test of a few hundred steps, and proposes the range of rates, the rate, its schedule, batch size, epochs and a \
      threshold to clip at, each with a sentence that says why. Nothing is random: the same data give the same answer.

      It does not guess. Where no rate makes the loss fall, where the targets are all the same or the rows too few, it \
      says so and what to do.

      EXAMPLES
        descent recommend data.csv --model softmax
            the settings, and the "descent fit" that uses them
        descent recommend data.csv --model logistic --batch-size 16 --epochs 20
            the rest, where some is settled
        descent recommend data.csv --model linear --compare
            how far the rate is from the best of a cross-validated grid

      JSON KEYS
        model, data, items (each with name, value, reason), learningRate, rates,
        command; comparison (absent without --compare): folds, foldKind, gridRates,
        bestRate, bestLoss, bestStandardError, loss (absent if it diverged),
        rateRatio, standardErrors.
      """)

  @Argument(help: "The CSV file, or - for standard input.", completion: .file(extensions: ["csv"]))
  var data: String

  @OptionGroup(title: "Data and model")
  var model: FitModelOptions

  @Flag(help: "Leave the features as they are, even if their sizes differ.")
  var asIs = false

  @Option(help: ArgumentHelp("The rows of a step, if that is settled.", valueName: "rows"))
  var batchSize: Int?

  @Option(help: "How often every row is seen, if that is settled.")
  var epochs: Int?

  @Flag(help: "Compare the rate with a cross-validated grid of rates.")
  var compare = false

  @OptionGroup(title: "Output")
  var result: ResultOptions

  func validate() throws {
    if asIs && model.standardize { throw ValidationError("give --as-is or --standardize, not both") }
    if compare && data == "-" {
      throw ValidationError("--compare reads the data twice, and standard input can be read once; name a file")
    }
    try OptionCheck.atLeast(1, "--epochs", epochs, most: 1_000_000_000)
    try OptionCheck.atLeast(1, "--batch-size", batchSize)
  }

  func run() throws {
    try OutputFile.check(["--output": result.output], areNot: [data])
    let recommendation = try Recommendation(data, model, batchSize: batchSize, epochs: epochs, asIs: asIs)
    let comparison = compare ? try RecommendReport.Comparison(recommendation) : nil
    let report = RecommendReport(recommendation, comparison: comparison)
    try result.write(result.json ? JSONText.of(report) : report.text)
  }
}
