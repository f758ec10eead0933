/// One run of the objective: a trial with so much resource on one fold.
public struct Evaluation: Sendable, Codable, Hashable {
  /// How a run ended.
  public enum Outcome: Sendable, Codable, Hashable {
    /// With a loss, which is finite.
    case scored(loss: Double)
    /// With a loss that is not finite, or with a `StepError`.
    case diverged(reason: String)
    /// Early, because others were better.
    case pruned(resource: Int, best: Double, median: Double)
  }

  /// A loss on the way.
  public struct Report: Sendable, Codable, Hashable {
    /// How far the run was.
    public let resource: Int
    /// The loss there; infinite where it was not finite.
    public let loss: Double
  }

  /// The number of the trial, from 0.
  public let trial: Int
  /// What it was given.
  public let resource: Int
  /// The fold that validated it, from 0.
  public let fold: Int
  /// What it tried.
  public let configuration: Configuration
  /// How it ended.
  public let outcome: Outcome
  /// What it reported on the way.
  public let reports: [Report]

  /// The loss, infinite where there is none.
  public var loss: Double { if case .scored(let loss) = outcome { loss } else { .infinity } }

  /// Why there is no loss, or nil where there is one.
  public var reason: String? {
    switch outcome {
    case .scored: nil
    case .diverged(let reason): reason
    case .pruned(let resource, let best, let median):
      TrialStop.pruned(resource: resource, best: best, median: median).description
    }
  }

  var place: Place { Place(trial: trial, resource: resource, fold: fold) }
}

extension Evaluation.Report {
  private enum CodingKeys: String, CodingKey { case resource, loss }

  /// Reads a report; one without a loss was not finite.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    resource = try container.decode(Int.self, forKey: .resource)
    loss = try container.decodeIfPresent(Double.self, forKey: .loss) ?? .infinity
  }

  /// Writes a report, the loss only if it is finite: JSON has no infinity.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(resource, forKey: .resource)
    if loss.isFinite { try container.encode(loss, forKey: .loss) }
  }
}

/// Which evaluation of a study.
struct Place: Hashable, Comparable {
  let trial: Int
  let resource: Int
  let fold: Int

  static func < (a: Place, b: Place) -> Bool {
    (a.trial, a.resource, a.fold) < (b.trial, b.resource, b.fold)
  }
}
