internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// `descent fit`: a model to the rows of a CSV file.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a linear, logistic or softmax model to a CSV file.",
    discussion: """
      The file has a header; the target is the last column unless --target names another. All other columns are \
      features. What is minimised, over n rows x with weights w and an intercept b that is never penalised:

        linear    1/(2n) Σ (x·w + b - y)²  +  λ/2 ‖w‖²
        logistic  1/n Σ log(1 + exp(-y (x·w + b)))  +  λ/2 ‖w‖²
                  y = 1 for target 1, -1 for target 0
        softmax   1/n Σ -log softmax(x·W + b)_target  +  λ/2 ‖W‖²
                  targets 0, 1, … , classes - 1

      A mini-batch's gradient is the mean over its rows plus the whole penalty.

      EXAMPLES
        descent fit data.csv --model linear --standardize
            the full batch, momentum 0.9, a rate from the data
        descent fit data.csv --model softmax --standardize --test-every 5 \\
            --batch-size 64 --epochs 50 --learning-rate 0.05 \\
            --schedule cosine --warmup 100 --clip-norm 1 --plot fit.svg
            mini-batches, a fifth of the rows to judge by, and a picture of the run
        descent fit data.csv --model linear --standardize \\
            --schedule "warmup(20) then cosine(0.1 -> 1e-3, 180)"
            a schedule in the notation of "descent schedule": the whole rate, step
            by step
        descent fit data.csv --model softmax --standardize --optimizer adamw \\
            --set beta2=0.95 --learning-rate 0.01
            another update rule, with a setting of its own
        descent fit data.csv --model softmax --standardize --batch-size 64 \\
            --log run.jsonl
            every step as a line of JSON, for "descent plot" and for programs of
            your own
        descent fit data.csv --model logistic --l2 0.01 --json
            the summary for a program to read
        descent fit data.csv --model linear --seed 7 --dump-config > run.json
        descent fit --config run.json --epochs 500
            every option in a file, and the same fit again with another number of
            epochs

      Ctrl-C ends the fit after the step that is under way, with a summary, model and picture of what is done and \
      exit code 130; a second Ctrl-C ends it at once.

      A step whose gradient is NaN or infinite is not taken: the fit ends with an error that names the entry, and exit \
      code 1. Its picture and its log have every step that was taken before, and nothing of that one.

      JSON KEYS
        isComplete (false after Ctrl-C), model, rows, testRows, features,
        parameters, objective, testScore, trainScore, score ("r2" or "accuracy"),
        trainCorrect, testCorrect (classifiers), knownMinimum, gap (with
        --known-minimum), steps, epochs, clippedSteps (by the norm), gradientNorm (of the whole
        objective, at the end), learningRate (of the last step),
        learningRateFromData, seconds, backend, updatePath, optimizer, seed.
      """)

  @OptionGroup
  var data: DataArgument

  @OptionGroup(title: "Data and model")
  var model: FitModelOptions

  @OptionGroup(title: "Learning rate")
  var rate: FitRateOptions

  @OptionGroup(title: "Training")
  var training: FitTrainingOptions

  @OptionGroup(title: "Output")
  var output: FitOutputOptions

  @OptionGroup(title: "Configuration")
  var configuration: ConfigurationOptions

  func validate() throws {
    // A file that is there does not keep anybody from writing down the options.
    guard let log = output.log, !configuration.dumpConfig else { return }
    let wayOut =
      configuration.config == nil ? "name another file" : "type another --log, which goes before that of --config"
    try OutputFile.checkNew(log, option: "--log", wayOut: wayOut)
  }

  mutating func run() throws {
    if configuration.dumpConfig {
      print(try ConfigurationFile.text(of: self, named: "fit", data: data.file))
      return
    }
    try OutputFile.check(
      ["--save": output.save, "--plot": output.plot, "--log": output.log, "--output": output.result.output],
      areNot: [data.file, configuration.config])
    if output.plot != nil { try Gnuplot.check() }
    let isQuiet = output.quiet || output.result.json
    let setup = FitSetup(
      data: data.file, model: model, learningRate: rate.learningRate, schedule: rate.schedule, training: training)
    Interrupt.listen()
    let problem = try setup.problem(isQuiet: isQuiet)
    if !model.ignoreMemory {
      try MemoryNeed(scoresOf: problem.training.rowCount, classes: problem.regression.model.outputs)
        .check(data.file, available: SystemMemory.available)
    }
    let plan = try setup.plan(for: problem)
    for warning in plan.warnings.map({ "\($0)" }) + problem.warnings { Terminal.warn(warning) }
    var progress = FitProgress(epochs: plan.epochs, isQuiet: isQuiet)
    let log = try output.log.map { try RunLog(creating: $0, RunHeader(setup), every: output.logEvery ?? 1) }
    var fit = try Fit(problem, plan, log: log)
    do {
      // Also where the fit throws: a message belongs on a line of its own.
      defer { progress.finish() }
      while !fit.isFinished, !Interrupt.cancellation.isCancelled {
        try fit.runEpoch(cancellation: Interrupt.cancellation)
        progress.update(fit)
      }
    } catch let error as StepError {
      draw(fit)
      throw error.ofAFit
    }
    let summary = try FitSummary(fit, knownMinimum: output.knownMinimum)
    guard summary.objective.isFinite else {
      draw(fit)
      throw FitError(
        diverged: "the objective is \(summary.objective) after \(counted(summary.steps, "step")): the fit diverged")
    }
    if let first = fit.firstLoss, summary.objective > first {
      Terminal.warn(
        String(format: "the objective has grown from %.6g to %.6g: ", first, summary.objective)
          + "lower the rate, or --standardize the features")
    }
    if let path = output.save { try ModelFile(fit).write(to: path) }
    draw(fit)
    try output.result.write(output.result.json ? JSONText.of(summary) : summary.text)
    guard fit.isFinished else {
      let planned = plan.epochs * plan.stepsPerEpoch
      Terminal.note("interrupted after \(summary.steps) of \(planned) steps; the result is that of these steps")
      throw ExitCode(128 + SIGINT)
    }
  }

  /// Draws the steps that were taken, those of a fit that failed as well: they show why.
  ///
  /// A picture that fails is no reason to lose the rest.
  private func draw(_ fit: Fit) {
    guard let path = output.plot, fit.lastReport != nil else { return }
    do { try RunPlot([("\(model.model.rawValue) on \(data.file)", fit.history)]).write(to: path) } catch {
      Terminal.warn("\(error)")
    }
  }
}
