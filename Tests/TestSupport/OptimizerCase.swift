// The trajectories of optimizers_*.json.

internal import Testing

/// One optimizer with its settings on one small problem: the parameters after some of the steps.
package struct OptimizerCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  package let optimizer: String
  package let problem: String
  /// Every number and switch of the settings; a switch is 0 or 1. The numbers of a list have their place behind the name,
  /// `betas[0]`, and one that follows a word has the word, `init_step[distance]`;
  /// a word alone is a switch, `adjust_lr_fn[match_rms_adamw]`.
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
    /// Elements by tensor of the point to evaluate at, where it is another.
    package let evaluationParams: [String: [Double]]?
    /// The tolerance, by `relativeError`.
    package let tensorRel: Double

    private enum CodingKeys: String, CodingKey {
      case step, params
      case evaluationParams = "eval_params"
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

  /// A setting that may be a number, a switch, a list of numbers and words, or something this type has no use for.
  private struct Setting: Decodable {
    /// The numbers by what goes behind the setting's name.
    let values: [String: Double]
    let list: [Double]?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      list = try? container.decode([Double].self)
      if let flag = try? container.decode(Bool.self) {
        values = ["": flag ? 1 : 0]
      } else if let number = try? container.decode(ReferenceNumber.self).value {
        values = ["": number]
      } else if let word = try? container.decode(String.self) {
        values = ["[\(word)]": 1]
      } else {
        let items = (try? container.decode([Item].self)) ?? []
        values = items.enumerated().reduce(into: [:]) { values, item in
          guard let number = item.element.number else { return }
          let word = item.offset > 0 ? items[item.offset - 1].word : nil
          values["[\(word ?? "\(item.offset)")]"] = number
        }
      }
    }

    private struct Item: Decodable {
      let number: Double?
      let word: String?
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        number = try? container.decode(Double.self)
        word = try? container.decode(String.self)
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
    hyper = settings.reduce(into: [:]) { hyper, setting in
      for (place, value) in setting.value.values { hyper[setting.key + place] = value }
    }
    lists = settings.compactMapValues(\.list)
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
