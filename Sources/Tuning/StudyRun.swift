internal import Foundation
internal import Optimizers
internal import Synchronization
internal import Tensors

/// A study under way.
///
/// The trials of all brackets climb together: everything on a rung is evaluated, side by side, before the best are chosen
/// for the next. What is evaluated is therefore a function of the results below, and never of which came first.
final class StudyRun: Sendable {
  private let study: Study
  private let brackets: [Bracket]
  private let sampler: Sampler
  private let foldCount: Int
  private let threads: Int?
  private let log: StudyLog?
  private let cancellation: Cancellation?
  private let observer: (@Sendable (StudyProgress) -> Void)?
  private let objective: @Sendable (Configuration, inout TrialContext) throws -> Double

  private struct State {
    var ledger: StudyLedger
    /// The evaluations that run side by side.
    var places: [Place] = []
    /// The first of them that nobody has begun.
    var next = 0
    /// Medians by fold and resource.
    var limits: [Int: [Int: Double]] = [:]
    /// The first place where something failed, and how.
    var failure: (index: Int, error: any Error)?
    var isStopped = false

    /// Keeps the error of the first place, so that which one is thrown does not depend on the threads.
    mutating func fail(at index: Int, _ error: any Error) {
      if index < failure?.index ?? .max { failure = (index, error) }
    }
  }
  private let state: Mutex<State>

  init(
    _ study: Study, folds: Folds?, threads: Int?, log: URL?, cancellation: Cancellation?,
    observer: (@Sendable (StudyProgress) -> Void)?,
    objective: @escaping @Sendable (Configuration, inout TrialContext) throws -> Double
  ) throws {
    brackets = try study.brackets()
    foldCount = folds?.count ?? 1
    guard foldCount >= 1 else { throw TuningError.folds(count: foldCount, requirement: "there must be at least one") }
    if let threads { try TuningError.check(threads >= 1, "threads", Double(threads), "threads >= 1") }
    guard brackets.evaluationCount <= Search.evaluationLimit / foldCount else {
      throw TuningError.tooManyEvaluations(limit: Search.evaluationLimit)
    }
    sampler = Sampler(study.search.sampling, in: study.space, seed: study.seed)
    (self.study, self.threads, self.cancellation) = (study, threads, cancellation)
    (self.observer, self.objective) = (observer, objective)
    self.log = try log.map { file throws(StudyLogError) in
      try StudyLog(file, header: StudyLog.Header(study: study, folds: folds.map(StudyLog.FoldsKey.init)))
    }
    var ledger = StudyLedger(foldCount: foldCount)
    let trials = 0..<(brackets.last?.trials.upperBound ?? 0)
    for evaluation in self.log?.evaluations ?? [] {
      guard trials.contains(evaluation.trial), (0..<foldCount).contains(evaluation.fold) else {
        throw StudyLogError.notInThePlan(trial: evaluation.trial, fold: evaluation.fold)
      }
      ledger.add(evaluation)
    }
    state = Mutex(State(ledger: ledger))
  }

  /// Does what is missing.
  func finish() throws -> StudyResult {
    var climbing = brackets.map { Array($0.trials) }
    // What pruning may look at: groups that have ended, never the one that runs, whatever the log already has of it.
    var reports = ReportTable()
    climb: for level in 0..<(brackets.map(\.rungs.count).max() ?? 0) {
      var rung: [(trial: Int, resource: Int)] = []
      for (index, bracket) in brackets.enumerated() where level < bracket.rungs.count {
        if level > 0 { climbing[index] = promoted(climbing[index], in: bracket, to: level) }
        rung += climbing[index].map { ($0, bracket.rungs[level].resource) }
      }
      for group in rung.chunked(by: study.search.pruning?.groupSize ?? rung.count) {
        let places = group.flatMap { trial, resource in
          (0..<foldCount).map { Place(trial: trial, resource: resource, fold: $0) }
        }
        let limits = study.search.pruning.map { reports.medians(ofAtLeast: $0.afterTrials) }
        guard try evaluate(places, limits: limits ?? [:]) else { break climb }
        if limits != nil {
          for evaluation in state.withLock({ state in places.map { state.ledger.evaluations[$0]! } }) {
            reports.add(evaluation)
          }
        }
      }
    }
    return state.withLock { state in
      StudyResult(
        study: study, foldCount: foldCount,
        evaluations: state.ledger.evaluations.values.sorted { $0.place < $1.place }, isComplete: !state.isStopped)
    }
  }

  /// The best trials of the rung below; none that diverged or was pruned.
  private func promoted(_ trials: [Int], in bracket: Bracket, to level: Int) -> [Int] {
    let below = bracket.rungs[level - 1].resource
    let scores = state.withLock { state in trials.map { state.ledger.score(trial: $0, resource: below)! } }
    return scores.filter(\.mean.isFinite)
      .sorted { $0.isBetter(than: $1) }
      .prefix(bracket.rungs[level].trials).map(\.trial).sorted()
  }

  /// Evaluates what is not there yet. Returns whether all are there.
  private func evaluate(_ places: [Place], limits: [Int: [Int: Double]]) throws -> Bool {
    let missing = state.withLock { state in
      state.places = places.filter { state.ledger.evaluations[$0] == nil }
      (state.next, state.limits) = (0, limits)
      return state.places.count
    }
    Workers.run(self, chunks: missing, elements: .max, threads: threads)
    return try state.withLock { state in
      if let failure = state.failure { throw failure.error }
      return !state.isStopped
    }
  }

  /// Evaluates one place and keeps what came of it.
  private func evaluate(_ place: Place, at index: Int, limits: [Int: Double]) {
    let configuration = sampler.configuration(of: place.trial)
    var context = TrialContext(place, studySeed: study.seed, limits: limits, cancellation: cancellation)
    let outcome: Evaluation.Outcome
    do {
      let loss = try objective(configuration, &context)
      outcome = loss.isFinite ? .scored(loss: loss) : .diverged(reason: "the loss is \(loss.shown)")
    } catch let error as StepError {
      outcome = .diverged(reason: error.description)
    } catch TrialStop.cancelled {
      return state.withLock { $0.isStopped = true }
    } catch TrialStop.pruned(let resource, let best, let median) {
      outcome = .pruned(resource: resource, best: best, median: median)
    } catch let error as TrialStop {
      outcome = .diverged(reason: error.description)
    } catch {
      let error = ObjectiveError(trial: place.trial, fold: place.fold, configuration: configuration, underlying: error)
      return state.withLock { $0.fail(at: index, error) }
    }
    let evaluation = Evaluation(
      trial: place.trial, resource: place.resource, fold: place.fold, configuration: configuration, outcome: outcome,
      reports: context.reports)
    state.withLock { state in
      do { try log?.append(evaluation) } catch { return state.fail(at: index, error) }
      state.ledger.add(evaluation)
      observer?(
        StudyProgress(
          finished: state.ledger.evaluations.count, planned: brackets.evaluationCount * foldCount, latest: evaluation,
          best: state.ledger.best))
    }
  }
}

extension StudyRun: ChunkedWork {
  /// Begins the next evaluation, whichever chunk this is: evaluations begin in their order, so that a study that is
  /// interrupted has done the first ones.
  func perform(chunk: Int) {
    let claimed: (index: Int, place: Place, limits: [Int: Double])? = state.withLock { state in
      let index = state.next
      state.next += 1
      if cancellation?.isCancelled == true { state.isStopped = true }
      // After a failure nothing is begun; all places before it have been.
      guard !state.isStopped, state.failure == nil else { return nil }
      return (index, state.places[index], state.limits[state.places[index].fold] ?? [:])
    }
    if let claimed { evaluate(claimed.place, at: claimed.index, limits: claimed.limits) }
  }
}

extension [Bracket] {
  /// The number of evaluations on one fold.
  var evaluationCount: Int { reduce(0) { $0 + $1.rungs.reduce(0) { $0 + $1.trials } } }
}

extension Array {
  /// Consecutive parts of so many elements.
  fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: Swift.max(size, 1)).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
