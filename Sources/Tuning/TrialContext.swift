internal import Optimizers
internal import Tensors

/// What an objective is told beside the configuration, and where it tells of its progress.
public struct TrialContext: Sendable {
  /// The number of the trial, from 0.
  public let trial: Int
  /// The fold to validate with, from 0; 0 where there are none.
  public let fold: Int
  /// How much to run: steps, epochs, rows, as the search was told. 1 where the search allots nothing.
  public let resource: Int
  /// The seed of this trial on this fold, made of the study's seed and their numbers alone. The same on every rung, so
  /// that a longer run begins as the shorter one did.
  public let seed: UInt64
  /// The seed that all trials share on this fold: for starting parameters and the order of rows, so that trials differ by
  /// nothing but their configuration (common random numbers).
  public let commonSeed: UInt64
  /// Random numbers of ``seed``.
  public var generator: TrialGenerator
  /// What has been reported so far.
  public private(set) var reports: [Evaluation.Report] = []

  private let limits: [Int: Double]
  private let cancellation: Cancellation?

  init(_ place: Place, studySeed: UInt64, limits: [Int: Double], cancellation: Cancellation?) {
    (trial, fold, resource) = (place.trial, place.fold, place.resource)
    seed = Self.seed(of: studySeed, trial: place.trial, fold: place.fold, purpose: 0x7472_6961)
    commonSeed = Self.seed(of: studySeed, trial: 0, fold: place.fold, purpose: 0x636f_6d6d)
    generator = TrialGenerator(seed: seed)
    (self.limits, self.cancellation) = (limits, cancellation)
  }

  /// Whether the study is to end. A long objective looks now and then, or calls ``report(_:at:)``.
  public var isCancelled: Bool { cancellation?.isCancelled ?? false }

  /// Tells the loss that the trial has reached with so much of the resource.
  ///
  /// - Throws: `TrialStop`, which the objective should pass on: the loss is not finite, the trial is pruned, or the study
  ///   is cancelled.
  public mutating func report(_ loss: Double, at resource: Int) throws(TrialStop) {
    if isCancelled { throw .cancelled }
    guard loss.isFinite else {
      reports.append(Evaluation.Report(resource: resource, loss: .infinity))
      throw .diverged(loss: loss, resource: resource)
    }
    reports.append(Evaluation.Report(resource: resource, loss: loss))
    let best = reports.map(\.loss).min()!
    if let median = limits[resource], best > median {
      throw .pruned(resource: resource, best: best, median: median)
    }
  }

  /// A word of Philox, keyed by the study's seed. Trials and folds are counters, so it depends on no other draw.
  private static func seed(of study: UInt64, trial: Int, fold: Int, purpose: UInt32) -> UInt64 {
    let words = Philox(seed: study).words(
      UInt32(truncatingIfNeeded: trial), UInt32(truncatingIfNeeded: trial >> 32), UInt32(truncatingIfNeeded: fold),
      purpose)
    return UInt64(words.0) << 32 | UInt64(words.1)
  }
}

/// Why a trial should not go on. Thrown by ``TrialContext/report(_:at:)`` and meant for the study.
public enum TrialStop: Error, Equatable, CustomStringConvertible {
  /// The loss is NaN or infinite.
  case diverged(loss: Double, resource: Int)
  /// The best loss so far is worse than the median of others.
  case pruned(resource: Int, best: Double, median: Double)
  /// The study is to end; what the trial did is not kept.
  case cancelled

  /// What happened.
  public var description: String {
    switch self {
    case .diverged(let loss, let resource): "the loss was \(loss.shown) at resource \(resource)"
    case .pruned(let resource, let best, let median):
      "the best loss up to resource \(resource), \(best), is above the median of other trials there, \(median)"
    case .cancelled: "the study was cancelled"
    }
  }
}
