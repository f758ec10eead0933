// The trajectories of optimizers_*.json.

internal import Testing

/// One optimizer with its settings on one small problem: the parameters after some of the steps.
package struct OptimizerCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  package let optimizer: String
  package let problem: String
  /// Every number and switch of the settings; a switch is 0 or 1.
  package let hyper: [String: Double]
  /// Every setting that is a list of numbers.
  package let lists: [String: [Double]]
  package let snapshots: [Snapshot]
  /// torch's own state by step, tensor and slot; empty for other peers.
  package let state: [State]

  /// The parameters after a step.
  package struct Snapshot: Decodable, Sendable {
    package let step: Int
    /// Elements by tensor.
    package let params: [String: [Double]]
    /// The tolerance, by `relativeError`.
    package let tensorRel: Double

    private enum CodingKeys: String, CodingKey {
      case step, params
      case tensorRel = "tensor_rel"
    }
  }

  /// The state after a step.
  package struct State: Sendable {
    package let step: Int
    /// Elements by tensor and slot.
    package let slots: [String: [String: [Double]]]
  }

  private enum CodingKeys: String, CodingKey { case id, optimizer, problem, hyper, snapshots, state }

  /// A setting that may be a number, a switch or something this type has no use for.
  private struct Setting: Decodable {
    let value: Double?
    let list: [Double]?
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      list = try? container.decode([Double].self)
      if let flag = try? container.decode(Bool.self) {
        value = flag ? 1 : 0
      } else {
        value = try? container.decode(ReferenceNumber.self).value
      }
    }
  }

  /// A slot that may be a list of numbers or something this type has no use for.
  private struct Slot: Decodable {
    let elements: [Double]?
    init(from decoder: any Decoder) throws {
      elements = try? decoder.singleValueContainer().decode([Double].self)
    }
  }

  private struct StateEntry: Decodable {
    let step: Int
    let perParameter: [String: [String: Slot]]?
    private enum CodingKeys: String, CodingKey {
      case step
      case perParameter = "per_parameter"
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    optimizer = try container.decode(String.self, forKey: .optimizer)
    problem = try container.decode(String.self, forKey: .problem)
    let settings = try container.decode([String: Setting].self, forKey: .hyper)
    (hyper, lists) = (settings.compactMapValues(\.value), settings.compactMapValues(\.list))
    snapshots = try container.decode([Snapshot].self, forKey: .snapshots)
    let entries = try container.decodeIfPresent([StateEntry].self, forKey: .state) ?? []
    state = entries.map { entry in
      State(step: entry.step, slots: (entry.perParameter ?? [:]).mapValues { $0.compactMapValues(\.elements) })
    }
  }

  package var testDescription: String { id }

  /// The cases of a peer ("torch": optimizers_torch.json), or those of one of its optimizers.
  package static func all(_ optimizer: String? = nil, peer: String = "torch") -> [OptimizerCase] {
    struct File: Decodable { let cases: [OptimizerCase] }
    do {
      let cases = try ReferenceFile.load("optimizers_" + peer, as: File.self).cases
      return cases.filter { optimizer == nil || $0.optimizer == optimizer }
    } catch {
      fatalError("Tests/Reference/optimizers_\(peer).json: \(error)")
    }
  }
}
