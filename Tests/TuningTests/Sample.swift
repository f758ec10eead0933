import Descent
import Foundation
import Synchronization
import Testing

/// Studies of all kinds, with an objective that draws, reports, and sometimes diverges.
struct Sample: Sendable, CustomTestStringConvertible {
  let study: Study
  var folds: Folds?
  /// Interrupt after every so many evaluations: 1, but for the study that has many.
  var stride = 1

  var testDescription: String { study.name }

  static let space: SearchSpace = [
    "rate": .logUniform(from: 1e-3, to: 10), "momentum": .uniform(from: 0, to: 0.9), "size": .integer(from: 1, to: 3),
  ]

  static let halving = Sample(
    study: Study("halving", space: space, search: .random(trials: 9).halving(from: 1, to: 9), seed: 7))
  static let hyperband = Sample(
    study: Study("hyperband", space: space, search: .hyperband(from: 1, to: 27, sampling: .quasiRandom), seed: 1),
    stride: 11)

  static let all: [Sample] = [
    Sample(study: Study("grid", space: space, search: .grid(points: 2))),
    Sample(
      study: Study("cross-validation", space: space, search: .random(trials: 5), seed: 2),
      folds: try? .contiguous(rows: 9, count: 3)),
    Sample(study: Study("pruning", space: space, search: .quasiRandom(trials: 17).pruned(), seed: 3)),
    Sample(
      study: Study(
        "pruned halving", space: space,
        search: .random(trials: 12).halving(from: 2, to: 8, factor: 2).pruned(
          MedianPruning(afterTrials: 3, groupSize: 3)),
        seed: 4), folds: try? .interleaved(rows: 5, count: 2), stride: 3),
    halving, hyperband,
  ]

  /// Runs the study; how long an evaluation takes has nothing to do with its number.
  func run(
    threads: Int, log: URL? = nil, cancellation: Cancellation? = nil,
    observer: (@Sendable (StudyProgress) -> Void)? = nil
  ) throws -> StudyResult {
    let objective: @Sendable (Configuration, inout TrialContext) throws -> Double = { configuration, context in
      if threads > 1 { usleep(UInt32.random(in: 0...300)) }
      let rate = try configuration.number("rate")
      let momentum = try configuration.number("momentum")
      let size = Double(try configuration.integer("size"))
      if rate > 7 { return .nan }
      var loss = 0.0
      for step in 1...max(context.resource, 4) {
        let noise = Double.random(in: 0...1, using: &context.generator)
        loss = abs(log10(rate) + 1) + momentum / size + noise / Double(step)
        try context.report(loss, at: step)
      }
      if rate > 5 { throw StepError.invalidLearningRate(value: rate, step: 3) }
      return loss + Double(context.fold) / 10
    }
    guard let folds else {
      return try study.run(
        threads: threads, log: log, cancellation: cancellation, observer: observer, objective: objective)
    }
    return try study.crossValidate(
      over: folds, threads: threads, log: log, cancellation: cancellation, observer: observer
    ) { configuration, _, context in try objective(configuration, &context) }
  }
}

/// Keeps what an observer is told.
final class Recorder: Sendable {
  private let progress = Mutex<[StudyProgress]>([])

  @Sendable func record(_ latest: StudyProgress) { progress.withLock { $0.append(latest) } }

  /// The evaluations in the order in which they ended.
  var evaluations: [Evaluation] { progress.withLock { $0.map(\.latest) } }
  var counts: [Int] { progress.withLock { $0.map(\.finished) } }
  var last: StudyProgress? { progress.withLock { $0.last } }
}
