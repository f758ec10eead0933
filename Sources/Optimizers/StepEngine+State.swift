internal import Tensors

/// What a checkpoint keeps beside the arrays.
extension StepEngine {
  /// The rule's arrays, and those of the controllers.
  var arrays: [(name: String, storage: TensorStorage<Scalar>)] {
    zip(settings.rule.slots, slots).map { ($0, $1) } + (rateHistory?.arrays ?? [])
  }

  /// What the rule remembers, by the unit's name and its own.
  var namedMemory: [String: [String: Double]] {
    get {
      let names = settings.rule.memory.map(\.key)
      guard !names.isEmpty else { return [:] }
      var result: [String: [String: Double]] = [:]
      for unit in 0..<unitCount {
        result[name(ofUnit: unit)] = Dictionary(
          uniqueKeysWithValues: names.enumerated().map { ($1, memory[unit][$0]) })
      }
      return result
    }
    set {
      for unit in 0..<unitCount {
        for (place, name) in settings.rule.memory.map(\.key).enumerated() {
          memory[unit][place] = newValue[self.name(ofUnit: unit)]?[name] ?? memory[unit][place]
        }
      }
    }
  }

  private func name(ofUnit unit: Int) -> String {
    unitsAreTensors ? layout.entries[unit].name : groups[unit].name
  }
}
