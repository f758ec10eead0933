public import Foundation

/// A search for the configuration with the least loss: what is to be tried, not what came of it.
///
/// ```swift
/// let study = Study("digits", space: ["learningRate": .logUniform(from: 1e-4, to: 10)], search: .grid(points: 11))
/// let folds = try Folds.stratified(by: labels, count: 5)
/// let result = try study.crossValidate(over: folds, log: file) { configuration, fold, context in
///   let rate = try configuration.number("learningRate")
///   return try loss(on: fold.validation, afterTrainingOn: fold.training, rate: rate)
/// }
/// print(result.best, result.largest("learningRate"))
/// ```
///
/// - Deterministic: an evaluation gets its configuration and seeds as functions of the study and the trial's number, and
///   what follows from results waits for all results that it depends on. So the result is the same for every number of
///   threads, and for a study that was interrupted, as long as the objective is a function of what it is given.
/// - Resumable: with a log, each evaluation is written as it ends. Started again with the same log, the study takes what is
///   there and goes on with what is missing.
/// - Diverged trials: a loss that is not finite, or a `StepError` that the objective throws, counts as +infinity with its
///   reason; the study goes on.
public struct Study: Sendable, Codable, Hashable {
  /// What the study is called; in its log.
  public var name: String
  /// What is searched.
  public var space: SearchSpace
  /// Which configurations are tried, and how much each is given.
  public var search: Search
  /// What all draws depend on.
  public var seed: UInt64
  /// Whatever else the losses depend on, e.g. the name of the data and of the model: a log with other notes is refused.
  public var notes: [String: String]

  /// A study. Nothing is checked before it is run.
  public init(
    _ name: String, space: SearchSpace, search: Search, seed: UInt64 = 0, notes: [String: String] = [:]
  ) {
    (self.name, self.space, self.search, self.seed, self.notes) = (name, space, search, seed, notes)
  }

  /// The plan: which trials compete, and how much each is given. What a study costs is known before it is run.
  /// - Throws: `TuningError` naming what is out of range.
  public func brackets() throws(TuningError) -> [Bracket] { try search.brackets(in: space) }

  /// The configuration of a trial of the plan.
  /// - Throws: `TuningError` naming what is out of range, the trial among others.
  public func configuration(of trial: Int) throws(TuningError) -> Configuration {
    let count = try brackets().last?.trials.upperBound ?? 0
    try TuningError.check(
      0 <= trial && trial < count, "trial", Double(trial), "0 <= trial < \(count)")
    return Sampler(search.sampling, in: space, seed: seed).configuration(of: trial)
  }

  /// Runs the study.
  ///
  /// - Parameters:
  ///   - threads: The largest number of evaluations at the same time; nil for one per processor. Optimizers inside an
  ///     evaluation use one thread while several run.
  ///   - log: A file that keeps every evaluation as it ends. If it exists, the study goes on where it stopped.
  ///   - cancellation: A flag that ends the study; evaluations that have ended are kept and returned.
  ///   - observer: Told of every evaluation as it ends, one at a time, on whatever thread. It holds up the others, so it
  ///     should be quick.
  ///   - objective: Scores a configuration: the smaller, the better. Called on several threads.
  /// - Returns: What came of it.
  /// - Throws: `TuningError` before anything is run; `StudyLogError` where the log is another study's or cannot be written;
  ///   `ObjectiveError` where the objective throws what is neither a `StepError` nor a `TrialStop`. What was done before is
  ///   in the log.
  public func run(
    threads: Int? = nil, log: URL? = nil, cancellation: Cancellation? = nil,
    observer: (@Sendable (StudyProgress) -> Void)? = nil,
    objective: @escaping @Sendable (Configuration, inout TrialContext) throws -> Double
  ) throws -> StudyResult {
    let run = try StudyRun(
      self, folds: nil, threads: threads, log: log, cancellation: cancellation, observer: observer, objective: objective
    )
    return try run.finish()
  }

  /// Runs the study with every configuration scored on every fold.
  ///
  /// All trials begin with the same ``TrialContext/commonSeed``, and nothing of one run reaches another; so if the objective
  /// makes its starting parameters from that seed, or captures them as a value, all candidates start from the same ones.
  ///
  /// - Parameters:
  ///   - folds: The rows to train and to validate with.
  ///   - threads: The largest number of evaluations at the same time; nil for one per processor.
  ///   - log: A file that keeps every evaluation as it ends. If it exists, the study goes on where it stopped.
  ///   - cancellation: A flag that ends the study; evaluations that have ended are kept and returned.
  ///   - observer: Told of every evaluation as it ends, one at a time, on whatever thread.
  ///   - objective: Trains on the fold's training rows and returns the mean loss of its validation rows.
  /// - Returns: What came of it.
  /// - Throws: As `run`.
  public func crossValidate(
    over folds: Folds, threads: Int? = nil, log: URL? = nil, cancellation: Cancellation? = nil,
    observer: (@Sendable (StudyProgress) -> Void)? = nil,
    objective: @escaping @Sendable (Configuration, Fold, inout TrialContext) throws -> Double
  ) throws -> StudyResult {
    let rows = (0..<folds.count).map { folds[$0] }
    let run = try StudyRun(
      self, folds: folds, threads: threads, log: log, cancellation: cancellation, observer: observer
    ) { configuration, context in
      try objective(configuration, rows[context.fold], &context)
    }
    return try run.finish()
  }
}

/// The objective failed with an error that is no divergence. What was done before is in the log.
public struct ObjectiveError: Error, CustomStringConvertible {
  /// The number of the trial.
  public let trial: Int
  /// The fold.
  public let fold: Int
  /// What was tried.
  public let configuration: Configuration
  /// What the objective threw.
  public let underlying: any Error

  /// Where it failed and with what.
  public var description: String {
    "the objective failed on trial \(trial), fold \(fold), with \(configuration): \(underlying)"
  }
}
