internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// `descent tune`: the search for a learning rate.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search for the learning rate of a fit.",
    discussion: """
      The options are those of "descent fit", but that --learning-rate gives the rates to choose from. Rows set aside by \
      --test-every or --test-fraction are not looked at.

      SEARCHES
        grid          so many rates at equal distances of the logarithm
        random        drawn with a uniform logarithm
        quasi-random  the same, spread evenly
        halving       many rates with few epochs; one in --reduction goes on to as
                      many times the epochs
        hyperband     several halvings that begin with different epochs
        range         no validation: one run whose rate grows with every step, and
                      the loss watched

      HOW RATES ARE JUDGED
        Each rate is fitted to the training rows of each fold, from parameters that
        are zero; its loss is the mean of the rows held out, without the penalty,
        over the folds. A fit that diverges has an infinite loss and a reason, and
        the search goes on. Features are standardized by the training rows of the
        fold alone. Chosen is the largest rate within one standard error of the
        best: of what cannot be told apart, the fastest. Nothing depends on the
        number of threads.

      EXAMPLES
        descent tune data.csv --model linear --standardize
            a grid of 11 rates over five decades around 1/L, in 5 folds
        descent tune data.csv --model softmax --standardize --batch-size 64 \\
            --epochs 30 --schedule cosine --learning-rate 1e-3..10 \\
            --points 17 --folds 10 --log search.log --plot search.svg
            mini-batches; every fit is kept, so that Ctrl-C loses nothing, and the
            curve is drawn
        descent tune data.csv --model softmax --standardize --batch-size 64 \\
            --epochs 30 --schedule cosine --learning-rate 1e-3..10 \\
            --points 17 --folds 10 --resume search.log
            goes on after Ctrl-C, to the same result
        descent tune data.csv --model logistic --standardize --search hyperband \\
            --epochs 81
            most rates are given up after a few epochs
        descent tune data.csv --model softmax --standardize --batch-size 64 \\
            --search range --plot range.svg
            a first idea in a second

      JSON KEYS
        search, model, data, rows, rates, seed, remarks, command (the fit with the
        chosen rate); and
          of all but range: folds, foldKind, epochs, plannedFits, finishedFits,
        isComplete, candidates, best and chosen, each with learningRate, epochs,
        loss (absent if it diverged), standardError, losses by fold, reasons by
        fold;
        of range: steps, passes, batchSize, smoothing, learningRates, losses,
        smoothed, end, suggestions (each with name, and learningRate or the reason
        why there is none).
        What there is none of is absent.

      Exit codes: 0; 1 where no rate could be found; 64 for arguments that make no sense; 130 after Ctrl-C.
      """)

  @OptionGroup
  var data: DataArgument

  @OptionGroup(title: "Data and model")
  var model: FitModelOptions

  @OptionGroup(title: "Search")
  var options: TuneOptions

  @OptionGroup(title: "Schedule")
  var schedule: FitScheduleOptions

  @OptionGroup(title: "Training")
  var training: FitTrainingOptions

  @OptionGroup(title: "Output")
  var output: TuneOutputOptions

  @OptionGroup(title: "Configuration")
  var configuration: ConfigurationOptions

  func validate() throws {
    switch try FitSchedule(schedule.schedule) {
    case .notation:
      throw ValidationError(
        "--schedule \"\(schedule.schedule)\" is the whole rate and leaves nothing to search; take a schedule with a name, "
          + "such as cosine")
    case .kind(let kind):
      if options.search == .range, kind != .constant {
        throw ValidationError("--search range makes the rate grow by itself; leave out --schedule \(kind.rawValue)")
      }
    }
  }

  func run() throws {
    if configuration.dumpConfig {
      print(try ConfigurationFile.text(of: self, named: "tune", data: data.file))
      return
    }
    try OutputFile.check(
      ["--plot": output.plot, "--output": output.result.output],
      areNot: [data.file, configuration.config, options.resume])
    if output.plot != nil { try Gnuplot.check() }
    let setup = FitSetup(data: data.file, model: model, learningRate: nil, schedule: schedule, training: training)
    if options.search == .range {
      try RangeSearch(setup, options).run(output)
    } else {
      try validated(setup)
    }
  }

  /// Searches by cross-validation.
  private func validated(_ setup: FitSetup) throws {
    let study = try RateStudy(setup, options)
    let log = try options.logFile()
    let progress = TuneProgress(total: try study.plannedFits, isQuiet: output.quiet || output.result.json)
    Interrupt.listen()
    let report = try {
      // Also where the study throws: a message belongs on a line of its own.
      defer { progress.finish() }
      let result = try study.run(log: log, cancellation: Interrupt.cancellation, observer: progress.update)
      return try TuneReport(options.search, study, result)
    }()
    try output.result.write(output.result.json ? JSONText.of(report) : report.text)
    if let path = output.plot, !report.candidates.isEmpty { try TunePlot(report).write(to: path) }
    guard report.isComplete else {
      Terminal.errors.write(options.howToGoOn + "\n")
      throw ExitCode(128 + SIGINT)
    }
    if !report.isUseful { throw ExitCode.failure }
  }
}
