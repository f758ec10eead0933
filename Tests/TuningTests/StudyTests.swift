import Descent
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct StudyTests {
  // MARK: - Independence of threads and interruptions

  @Test(arguments: Sample.all)
  func theResultDoesNotDependOnTheNumberOfThreads(_ sample: Sample) throws {
    let alone = try sample.run(threads: 1)
    #expect(alone.isComplete)
    for threads in [2, 4] {
      for _ in 0..<3 { #expect(try sample.run(threads: threads) == alone, "\(threads) threads") }
    }
  }

  /// Interrupted after every number of evaluations and resumed: the same evaluations, none of them twice, in the same order.
  @Test(arguments: Sample.all)
  func aStudyGoesOnWhereItWasInterrupted(_ sample: Sample) throws {
    let order = Recorder()
    let whole = try sample.run(threads: 1, observer: order.record)
    for threads in [1, 2] {
      for done in stride(from: 0, through: order.evaluations.count, by: sample.stride) {
        try withTemporaryDirectory { directory in
          let log = directory.appending(path: "study.jsonl")
          let cancellation = Cancellation()
          if done == 0 { cancellation.cancel() }
          let before = Recorder()
          let part = try sample.run(threads: threads, log: log, cancellation: cancellation) { progress in
            before.record(progress)
            if progress.finished >= done { cancellation.cancel() }
          }
          #expect(part.isComplete == (part == whole), "\(done) of \(order.evaluations.count)")
          #expect(Set(part.evaluations) == Set(before.evaluations))
          let after = Recorder()
          let resumed = try sample.run(threads: threads, log: log, observer: after.record)
          #expect(resumed == whole, "\(done) of \(order.evaluations.count), \(threads) threads")
          #expect(before.evaluations.count + after.evaluations.count == order.evaluations.count)
          if threads == 1 {
            #expect(before.evaluations.count == min(done, order.evaluations.count))
            #expect(before.evaluations + after.evaluations == order.evaluations, "\(done)")
          }
        }
      }
    }
  }

  @Test func aFinishedLogAsksNothingOfTheObjective() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      let whole = try Sample.halving.run(threads: 2, log: log)
      let again = try Sample.halving.study.run(log: log) { _, _ in throw CocoaError(.featureUnsupported) }
      #expect(again == whole)
    }
  }

  @Test func seedsBelongToStudyTrialAndFold() throws {
    struct Seeds: Hashable { let trial, fold, resource: Int; let own, common, drawn: UInt64 }
    func seeds(_ search: Search, seed: UInt64) throws -> [Seeds] {
      let found = Mutex<[Seeds]>([])
      let study = Study("seeds", space: ["x": .uniform(from: 0, to: 1)], search: search, seed: seed)
      _ = try study.crossValidate(over: try .contiguous(rows: 6, count: 3)) { _, fold, context in
        var generator = context.generator
        #expect(fold.index == context.fold)
        let seeds = Seeds(
          trial: context.trial, fold: context.fold, resource: context.resource, own: context.seed,
          common: context.commonSeed, drawn: generator.next())
        found.withLock { $0.append(seeds) }
        return Double(context.trial)
      }
      return found.withLock { $0 }
    }
    let short = try seeds(.random(trials: 4), seed: 1)
    let long = try seeds(.random(trials: 40), seed: 1)
    #expect(Set(short).isSubset(of: Set(long)))
    #expect(Set(long.map(\.own)).count == 120 && Set(long.map(\.drawn)).count == 120)
    // All trials of a fold share a seed; no seed of their own is that one.
    #expect(Set(long.map { [UInt64($0.fold), $0.common] }).count == 3)
    #expect(Set(long.map(\.common)).count == 3)
    #expect(Set(long.map(\.own)).isDisjoint(with: long.map(\.common)))
    #expect(Set(try seeds(.random(trials: 4), seed: 2).map(\.own)).isDisjoint(with: short.map(\.own)))
    // A longer run of a trial begins as the shorter one did.
    let climbing = Dictionary(grouping: try seeds(.random(trials: 9).halving(from: 1, to: 9), seed: 1)) {
      [$0.trial, $0.fold]
    }
    #expect(climbing.values.allSatisfy { Set($0.map(\.own)).count == 1 })
    #expect(climbing.values.contains { $0.count == 3 })
  }

  // MARK: - Cross-validation

  @Test func meanAndStandardErrorAreThoseOfTheFolds() throws {
    let losses = [[1.0, 2, 4], [3, 3, 3], [1e300, 1e300, -1e300]]
    let result = try study(["x": .choice(of: [0, 1, 2])]).crossValidate(over: try .contiguous(rows: 3, count: 3)) {
      configuration, fold, _ in losses[try configuration.integer("x")][fold.index]
    }
    #expect(result.scores.map(\.losses) == losses)
    #expect(abs(result.scores[0].mean - 7 / 3.0) < 1e-15)
    // The sample variance of 1, 2, 4 is 7/3.
    #expect(abs(result.scores[0].standardError! - (7 / 9.0).squareRoot()) < 1e-15)
    #expect(result.scores[1].standardError == 0)
    // The mean is 1e300 / 3, the sample variance 4/3 1e600: beyond the range where the standard error is not.
    #expect(abs(result.scores[2].standardError! / 1e300 - 2 / 3.0) < 1e-12)
  }

  @Test func theLargestRateWithinOneStandardErrorIsChosen() throws {
    // The best has mean 2 and standard error 1; 3 is just within, the next beyond it.
    let losses: [Double: [Double]] = [
      0.01: [9, 9, 9], 0.1: [1, 1, 4], 0.2: [2, 2, 5], 0.3: [3.1, 3, 3], 0.4: [8, 8, 8], 1: [.nan, 1, 1],
    ]
    let choices = losses.keys.sorted().map { Configuration.Value.number($0) }
    let result = try study(["rate": .choice(of: choices), "rule": .choice(of: ["sgd"])])
      .crossValidate(over: try .contiguous(rows: 3, count: 3)) { configuration, fold, _ in
        losses[try configuration.number("rate")]![fold.index]
      }
    #expect(result.best?.configuration["rate"] == 0.1)
    #expect(result.best?.standardError == 1)
    #expect(result.largest("rate")?.configuration["rate"] == 0.2)
    #expect(result.largest("rate", withinStandardErrors: 1.1)?.configuration["rate"] == 0.3)
    #expect(result.largest("rate", withinStandardErrors: 0)?.configuration["rate"] == 0.1)
    #expect(result.largest("rule") == nil)
    #expect(result.largest("unknown") == nil)
  }

  @Test func withoutFoldsTheLargestRateIsTheBest() throws {
    let result = try study(["rate": .choice(of: [1, 2, 3])]).run { configuration, _ in
      abs(try configuration.number("rate") - 2)
    }
    #expect(result.best?.standardError == nil)
    #expect(result.largest("rate")?.configuration["rate"] == 2)
  }

  @Test func allCandidatesStartFromTheSameParameters() throws {
    let starts = Mutex<[Int: Set<[Double]>]>([:])
    let start = [1.0, 2, 3]
    _ = try study(["rate": .logUniform(from: 0.01, to: 1)], .grid(points: 7))
      .crossValidate(over: try .interleaved(rows: 12, count: 4)) { configuration, fold, context in
        var generator = TrialGenerator(seed: context.commonSeed)
        var x = start.map { $0 + Double.random(in: -1...1, using: &generator) }
        starts.withLock { _ = $0[fold.index, default: []].insert(x) }
        var optimizer = try Optimizer<Double>(
          SGD(), learningRate: LearningRate(.constant(try configuration.number("rate"))), count: 3)
        for _ in 0..<5 { try optimizer.step(&x, gradient: x) }
        return x[0]
      }
    #expect(starts.withLock { $0.values.map(\.count) } == [1, 1, 1, 1])
  }

  // MARK: - Divergence and failure

  @Test func aDivergedTrialScoresInfinityWithItsReason() throws {
    let result = try study(["x": .choice(of: ["nan", "inf", "-inf", "step", "report", "good"])])
      .crossValidate(over: try .contiguous(rows: 2, count: 2)) { configuration, fold, context in
        guard fold.index == 1 else { return 1 }
        switch try configuration.text("x") {
        case "nan": return .nan
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "step":
          var x = [1e308]
          var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, count: 1)
          try optimizer.step(&x, gradient: [.nan])
          return 0
        case "report":
          try context.report(.nan, at: 3)
          return 0
        default: return 2
        }
      }
    #expect(result.isComplete)
    #expect(result.scores.map(\.mean) == [.infinity, .infinity, .infinity, .infinity, .infinity, 1.5])
    #expect(result.scores.allSatisfy { $0.losses[0] == 1 })
    #expect(result.scores[0].reasons == [1: "the loss is NaN"])
    #expect(result.scores[2].reasons == [1: "the loss is -inf"])
    #expect(result.scores[3].reasons[1]?.contains("the gradient of \"parameters\" is NaN at [0]") == true)
    #expect(result.scores[4].reasons == [1: "the loss was NaN at resource 3"])
    #expect(result.scores[0].standardError == nil)
    #expect(result.best?.trial == 5 && result.largest("x") == nil)
  }

  @Test func withNoFiniteLossThereIsNoBest() throws {
    let result = try study(["x": .uniform(from: 0, to: 1)], .random(trials: 4)).run { _, _ in .nan }
    #expect(result.isComplete && result.best == nil && result.largest("x") == nil && result.ranking.count == 4)
  }

  /// Whatever the threads, the error is the first one's; what was done before it is in the log.
  @Test func anErrorEndsTheStudyAndNamesTheTrial() throws {
    for threads in [1, 2, 4] {
      try withTemporaryDirectory { directory in
        let log = directory.appending(path: "study.jsonl")
        let study = study(["x": .integer(from: 0, to: 29)], .grid(points: 30))
        let error = #expect(throws: ObjectiveError.self) {
          try study.run(threads: threads, log: log) { _, context in
            if context.trial >= 7 { throw CocoaError(.fileNoSuchFile) }
            usleep(context.trial == 6 ? 3000 : 100)
            return 1
          }
        }
        #expect(error?.trial == 7 && error?.configuration["x"] == 7 && error?.underlying is CocoaError)
        let resumed = Recorder()
        _ = try study.run(threads: threads, log: log, observer: resumed.record) { _, _ in 2 }
        #expect(resumed.evaluations.map(\.trial).sorted() == Array(7..<30))
      }
    }
  }

  @Test func anErrorOfTheParametersIsNoDivergence() {
    #expect(throws: ObjectiveError.self) {
      try study(["x": .uniform(from: 0, to: 1)]).run { configuration, _ in try configuration.number("y") }
    }
  }

  @Test func settingsAreCheckedBeforeAnythingIsRun() throws {
    #expect(throws: TuningError.self) { try study([:]).run { _, _ in 1 } }
    let error = #expect(throws: TuningError.self) {
      try study(["x": .uniform(from: 0, to: 1)]).run(threads: 0) { _, _ in 1 }
    }
    #expect(error?.description == "threads is 0.0; it must satisfy threads >= 1")
    let json = #"{"kind": "grouped", "count": 0, "assignment": []}"#
    let none = try JSONDecoder().decode(Folds.self, from: Data(json.utf8))
    #expect(throws: TuningError.self) {
      try study(["x": .uniform(from: 0, to: 1)]).crossValidate(over: none) { _, _, _ in 1 }
    }
  }

  // MARK: - Halving and pruning

  /// Against the plainest form: sort by loss and number, keep the first ⌊n / η⌋.
  @Test(arguments: 1...30)
  func halvingKeepsTheBestThird(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    // Few different losses, so that there are ties; some diverge.
    let losses = (0..<40).map { _ in (0..<4).map { _ in Int.random(in: 0...6, using: &random) } }
    @Sendable func loss(_ trial: Int, _ level: Int) -> Double {
      losses[trial][level] == 6 ? .nan : Double(losses[trial][level])
    }
    let result = try study(["x": .uniform(from: 0, to: 1)], .random(trials: 40).halving(from: 2, to: 54)).run {
      _, context in loss(context.trial, [2: 0, 6: 1, 18: 2, 54: 3][context.resource]!)
    }
    var alive = Array(0..<40)
    var expected: Set<[Int]> = []
    for (level, resource) in [2, 6, 18, 54].enumerated() {
      for trial in alive { expected.insert([trial, resource]) }
      let keep = [13, 4, 1, 0][level]
      let finite = alive.filter { !loss($0, level).isNaN }
      alive = Array(finite.sorted { (loss($0, level), $0) < (loss($1, level), $1) }.prefix(keep))
    }
    #expect(Set(result.evaluations.map { [$0.trial, $0.resource] }) == expected, "seed \(seed)")
    #expect(result.evaluations.count == expected.count)
  }

  @Test(arguments: Sample.all)
  func theObserverAndTheResultAgreeOnTheBest(_ sample: Sample) throws {
    let recorder = Recorder()
    let result = try sample.run(threads: 2, observer: recorder.record)
    #expect(recorder.last?.best == result.best)
    #expect(recorder.last?.finished == result.evaluations.count)
    #expect(recorder.counts == Array(1...result.evaluations.count))
    #expect(recorder.last!.planned >= result.evaluations.count)
  }

  @Test func theBestOfHyperbandHasTheFullResource() throws {
    let result = try Sample.hyperband.run(threads: 2)
    #expect(result.best?.resource == 27)
    #expect(Set(result.evaluations.map(\.trial)) == Set(0..<27 + 12 + 6 + 4))
  }

  @Test func aTrialThatDivergesHigherUpIsNotTheBest() throws {
    let recorder = Recorder()
    let result = try study(["x": .integer(from: 0, to: 8)], .grid(points: 9).halving(from: 1, to: 9)).run(
      threads: 1, observer: recorder.record
    ) { _, context in context.trial == 4 && context.resource > 1 ? .nan : abs(Double(context.trial) - 4) }
    #expect(result.best?.trial == 3 && recorder.last?.best?.trial == 3)
    #expect(result.ranking.last?.trial != 4 || result.ranking.last?.mean == .infinity)
  }

  /// The rule as it is said, over all groups before: a run ends at the first report where its best is above the median of at
  /// least five.
  @Test(arguments: 1...20)
  func pruningFollowsTheMedianRule(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let curves = (0..<30).map { _ in
      (0..<6).map { _ in Double(Int.random(in: 0...20, using: &random)) }
    }
    let result = try study(
      ["x": .uniform(from: 0, to: 1)], .random(trials: 30).pruned(MedianPruning(afterTrials: 5, groupSize: 4))
    ).run { _, context in
      for (step, loss) in curves[context.trial].enumerated() { try context.report(loss, at: step + 1) }
      return curves[context.trial].last!
    }
    var reported = [[Double]](repeating: [], count: 30)
    for group in stride(from: 0, to: 30, by: 4) {
      let before = Array(reported[..<group])
      for trial in group..<min(group + 4, 30) {
        for (step, loss) in curves[trial].enumerated() {
          reported[trial].append(loss)
          let others = before.compactMap { step < $0.count ? $0[step] : nil }.sorted()
          guard others.count >= 5 else { continue }
          let median = (others[(others.count - 1) / 2] + others[others.count / 2]) / 2
          if reported[trial].min()! > median { break }
        }
      }
    }
    #expect(result.evaluations.map { $0.reports.map(\.loss) } == reported, "seed \(seed)")
    let pruned = result.evaluations.filter { if case .pruned = $0.outcome { true } else { false } }
    #expect(pruned.count > 3 && pruned.allSatisfy { $0.trial >= 8 && $0.loss == .infinity && $0.reason != nil })
    #expect(result.evaluations.count == 30)
  }

  // MARK: - Cancellation

  @Test func aLongObjectiveHearsOfTheCancellation() throws {
    let cancellation = Cancellation()
    let result = try study(["x": .uniform(from: 0, to: 1)], .random(trials: 6)).run(
      threads: 1, cancellation: cancellation
    ) {
      _, context in
      if context.trial == 2 {
        #expect(!context.isCancelled)
        cancellation.cancel()
        #expect(context.isCancelled)
        try context.report(1, at: 1)
        Issue.record("the report did not throw")
      }
      return 1
    }
    #expect(result.evaluations.map(\.trial) == [0, 1])
    #expect(!result.isComplete)
  }

  @Test func aTrialThatLacksFoldsIsNotScored() throws {
    let cancellation = Cancellation()
    let result = try study(["x": .uniform(from: 0, to: 1)], .random(trials: 3)).crossValidate(
      over: try .contiguous(rows: 4, count: 2), threads: 1, cancellation: cancellation,
      observer: { if $0.finished == 3 { cancellation.cancel() } }, objective: { _, _, _ in 1 })
    #expect(result.evaluations.count == 3 && result.scores.map(\.trial) == [0])
  }

  // MARK: - Nesting

  /// Optimizers inside evaluations that run side by side; and studies inside studies.
  @Test func stepsAndStudiesInsideAStudyRunAlone() throws {
    let inner = study(["x": .uniform(from: 0, to: 1)], .random(trials: 3))
    func run(_ threads: Int) throws -> StudyResult {
      try study(["rate": .logUniform(from: 0.01, to: 0.5)], .grid(points: 6)).run(threads: threads) {
        configuration, context in
        var x = (0..<40_000).map { Double($0 % 7) }
        var optimizer = try Optimizer<Double>(
          SGD(momentum: 0.9), learningRate: LearningRate(.constant(try configuration.number("rate"))),
          clipping: .norm(1), options: ExecutionOptions(threads: 4), count: x.count)
        for _ in 0..<3 { try optimizer.step(&x, gradient: x) }
        let best = try inner.run { configuration, _ in try configuration.number("x") }.best!.mean
        return x[3] + best
      }
    }
    let alone = try run(1)
    #expect(alone.isComplete)
    #expect(try run(2) == alone)
    #expect(try run(4) == alone)
  }

  @Test func aResultSurvivesCoding() throws {
    for sample in Sample.all {
      let result = try sample.run(threads: 1)
      let decoded = try JSONDecoder().decode(StudyResult.self, from: JSONEncoder().encode(result))
      #expect(decoded == result)
      #expect(decoded.ranking == result.ranking)
    }
  }

  private func study(_ space: SearchSpace, _ search: Search = .grid(points: 1)) -> Study {
    Study("test", space: space, search: search)
  }
}
