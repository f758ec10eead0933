// The rates of schedules.json that depend on a state: norms, draws, and reported metrics.

internal import Testing

/// A rate eps/||theta|| or eps/sqrt(u).
package struct StateCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  /// seed_inverse_norm or seed_inverse_sqrt_u.
  package let kind: String
  package let eps: Double
  package let theta: [Double]?
  package let norm: Double?
  package let u: [Double]?
  /// One rate, or one for each u.
  package let rates: [Double]
  package let relativeTolerance: Double

  private enum CodingKeys: String, CodingKey { case id, kind, eps, theta, norm, u, lr, tolerance }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    kind = try container.decode(String.self, forKey: .kind)
    eps = try container.decode(Double.self, forKey: .eps)
    theta = try container.decodeIfPresent([Double].self, forKey: .theta)
    norm = try container.decodeIfPresent(Double.self, forKey: .norm)
    u = try container.decodeIfPresent([Double].self, forKey: .u)
    if let rate = try? container.decode(Double.self, forKey: .lr) {
      rates = [rate]
    } else {
      rates = try container.decode([Double].self, forKey: .lr)
    }
    relativeTolerance = try container.decode([String: Double].self, forKey: .tolerance)["rel"]!
  }

  package var testDescription: String { id }

  /// All cases.
  package static let all: [StateCase] = loadSchedules(StateCases.self).cases

  private struct StateCases: Decodable {
    let cases: [StateCase]
    private enum CodingKeys: String, CodingKey { case cases = "state_cases" }
  }
}

/// Metrics, and the rate after each.
package struct PlateauCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  /// torch or optax.
  package let peer: String
  /// Every number of the settings.
  package let parameters: [String: Double]
  /// torch: "min" or "max".
  package let mode: String
  /// torch: "rel" or "abs".
  package let thresholdMode: String
  package let metrics: [Double]
  /// The rate after each metric.
  package let rates: [Double]
  /// torch's count and best after each metric.
  package let badEpochs: [Int]?
  package let best: [Double]?
  package let relativeTolerance: Double
  package let absoluteTolerance: Double

  private enum CodingKeys: String, CodingKey {
    case id, peer, params, metrics, lr, best, tolerance
    case badEpochs = "bad_epochs"
  }

  private struct Setting: Decodable {
    let number: Double?
    let word: String?
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      number = try? container.decode(Double.self)
      word = try? container.decode(String.self)
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    peer = try container.decode(String.self, forKey: .peer)
    let settings = try container.decode([String: Setting].self, forKey: .params)
    parameters = settings.compactMapValues(\.number)
    mode = settings["mode"]?.word ?? "min"
    thresholdMode = settings["threshold_mode"]?.word ?? "rel"
    metrics = try container.decode([Double].self, forKey: .metrics)
    rates = try container.decode([Double].self, forKey: .lr)
    badEpochs = try container.decodeIfPresent([Int].self, forKey: .badEpochs)
    best = try container.decodeIfPresent([Double].self, forKey: .best)
    let tolerance = try container.decode([String: Double].self, forKey: .tolerance)
    relativeTolerance = tolerance["rel"]!
    absoluteTolerance = tolerance["abs_times_max_lr"]! * (rates.max() ?? 0)
  }

  package var testDescription: String { id }

  /// All cases.
  package static let all: [PlateauCase] = loadSchedules(PlateauCases.self).cases.compactMap(\.plateau)

  private struct PlateauCases: Decodable { let cases: [Entry] }

  /// A case of any kind, kept if it is one of ours.
  private struct Entry: Decodable {
    let plateau: PlateauCase?
    private enum CodingKeys: String, CodingKey { case kind }
    init(from decoder: any Decoder) throws {
      let kind = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .kind)
      plateau = kind == "reduce_on_plateau" ? try PlateauCase(from: decoder) : nil
    }
  }
}

private func loadSchedules<Contents: Decodable>(_ type: Contents.Type) -> Contents {
  do {
    return try ReferenceFile.load("schedules", as: type)
  } catch {
    fatalError("Tests/Reference/schedules.json: \(error)")
  }
}
