internal import Descent
internal import Foundation
internal import Problems

/// A search for the learning rate by cross-validation over the rows to fit.
///
/// Each candidate is fitted to the training rows of each fold as `descent fit` would, from parameters that are zero, and
/// judged by the mean loss of the rows held out, without the penalty. Shift and scale of the features are those of the
/// training rows of the fold, so nothing of the rows held out reaches the fit.
struct RateStudy: Sendable {
  let setup: FitSetup
  let study: Study
  let folds: Folds
  let rates: RateCandidates
  /// The problem of each fold; its test rows are those held out.
  private let problems: [FitProblem]
  /// Whether the search allots epochs.
  let isClimbing: Bool

  init(_ setup: FitSetup, _ options: TuneOptions) throws {
    let foldCount = options.folds ?? 5
    let rows = try FitRows(contentsOf: setup.data, setup.model, folds: foldCount)
    let rates = try options.learningRate ?? .around(FitProblem(rows, setup.model), below: 3, above: 2)
    folds = try Self.folds(foldCount, options.foldKind, of: rows.training, setup.model.model)
    problems = try (0..<folds.count).map { [folds] index in
      try FitProblem(
        FitRows(
          training: rows.training.selecting(rows: folds[index].training),
          test: rows.training.selecting(rows: folds[index].validation), classCount: rows.classCount),
        setup.model)
    }
    study = Study(
      "descent tune", space: ["learningRate": rates.domain],
      search: options.search(rates, epochs: setup.training.epochs), seed: setup.model.seed,
      notes: [
        "options": setup.settings.flatMap(\.words).joined(separator: " "),
        "data": "\(rows.training.rowCount) rows of \(rows.training.columnCount) features, \(rows.training.fingerprint)",
      ])
    isClimbing = options.search == .halving || options.search == .hyperband
    (self.setup, self.rates) = (setup, rates)
    // What is wrong with every fit should be said, and not count as a divergence of each.
    var first = setup
    first.learningRate = try study.configuration(of: 0).number("learningRate")
    _ = try first.plan(for: problems[0])
  }

  /// The folds: with as many of each class in every one for classifiers, else every k-th row, so that rows sorted by
  /// target or by time are mixed.
  private static func folds(
    _ count: Int, _ kind: Folds.Kind?, of data: Dataset, _ model: ModelKind
  ) throws(TuningError) -> Folds {
    switch kind ?? (model == .linear ? .interleaved : .stratified) {
    case .contiguous: try .contiguous(rows: data.rowCount, count: count)
    case .interleaved: try .interleaved(rows: data.rowCount, count: count)
    case .stratified, .grouped: try .stratified(by: data.targets, count: count)
    }
  }

  /// The number of fits, those of early rungs included.
  var plannedFits: Int {
    get throws {
      try study.brackets().reduce(0) { $0 + $1.rungs.reduce(0) { $0 + $1.trials } } * folds.count
    }
  }

  /// The mean loss of the rows held out, over the folds, with weights that are zero: what every fit begins with.
  func untrainedLoss() throws -> Double {
    let losses = try problems.compactMap { problem in
      try problem.test.map { try problem.loss(on: $0, at: ParameterSet(zeros: problem.regression.layout)) }
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  /// Fits every candidate to every fold.
  func run(
    log: URL? = nil, cancellation: Cancellation? = nil, observer: (@Sendable (StudyProgress) -> Void)? = nil
  ) throws -> StudyResult {
    try study.crossValidate(
      over: folds, threads: setup.training.threads, log: log, cancellation: cancellation, observer: observer
    ) { configuration, fold, context in
      var setup = setup
      setup.learningRate = try configuration.number("learningRate")
      let problem = problems[fold.index]
      // The plan is that of the whole run on every rung, so that a longer run begins as the shorter one did.
      let plan = try setup.plan(for: problem)
      var fit = try Fit(problem, plan)
      for _ in 0..<(isClimbing ? context.resource : plan.epochs) {
        if context.isCancelled { throw TrialStop.cancelled }
        try fit.runEpoch()
        guard fit.epochLoss.isFinite else { return fit.epochLoss }
      }
      return try problem.test.map { try problem.loss(on: $0, at: fit.weights) } ?? .nan
    }
  }

  /// The epochs that a score was reached in.
  func epochs(of score: Descent.Score) -> Int { isClimbing ? score.resource : setup.training.epochs }
}

extension Dataset {
  /// FNV-1a over the bits of all numbers, as hexadecimal digits: data that were changed are told from those they were.
  var fingerprint: String {
    String(fnv1a([features, targets].joined().lazy.map(\.bitPattern)), radix: 16)
  }
}
