internal import Tensors

/// What a checkpoint keeps.
extension StepEngine {
  /// An array by the name that a checkpoint gives it: of the rules, of the learning rate, and a sum of gradients.
  typealias NamedArray = (name: String, layout: Layout, storage: TensorStorage<Scalar>)

  var arrays: [NamedArray] {
    rules.flatMap(\.slots) + (rateHistory?.arrays ?? []).map { ($0.name, layout, $0.storage) }
      + (accumulator.map { [("accumulation", layout, $0.sum)] } ?? [])
  }

  /// The arrays as sets by name. Rules of different groups may have arrays of one name, each for its own tensors.
  func exportedArrays() -> [String: ParameterSet<Scalar>] {
    Dictionary(grouping: arrays, by: \.name).mapValues { parts in
      let entries = layout.entries.compactMap { entry in
        parts.lazy.compactMap { $0.layout[entry.name] }.first.map { (name: entry.name, shape: $0.shape) }
      }
      guard let union = try? Layout(entries) else { preconditionFailure("each tensor has one rule") }
      var set = ParameterSet<Scalar>(zeros: union)
      for part in parts { copy(part.storage, part.layout, into: set.mutableBase(), union) }
      return set
    }
  }

  /// Takes over the elements of all tensors that a set has, in the arrays of its name.
  func `import`(_ set: ParameterSet<Scalar>, named name: String) {
    for array in arrays where array.name == name {
      copy(set.storage, set.layout, into: array.storage.buffer.base, array.layout)
    }
  }

  private func copy(
    _ source: TensorStorage<Scalar>, _ from: Layout, into target: UnsafeMutablePointer<Scalar>, _ to: Layout
  ) {
    for entry in to.entries {
      guard let other = from[entry.name], other.shape == entry.shape else { continue }
      (target + entry.offset).update(from: source.buffer.base + other.offset, count: entry.count)
    }
  }

  /// Takes over what another engine for the same layout has seen. Its groups may be others: arrays go by tensor and name,
  /// and what a rule remembers goes to the tensors that have a rule of the same name.
  func adopt(_ other: StepEngine) {
    (completedSteps, consecutiveSkips, overflow) = (other.completedSteps, other.consecutiveSkips, other.overflow)
    for array in other.arrays {
      for mine in arrays where mine.name == array.name {
        copy(array.storage, array.layout, into: mine.storage.buffer.base, mine.layout)
      }
    }
    gradientNorms.takeTensors(of: other.gradientNorms)
    if let accumulator, let source = other.accumulator {
      accumulator.copy(source)
      // What is frozen by now does not move with what was gathered before.
      for tensor in layout.entries.indices where groupScalars[groupOfTensor[tensor]].isFrozen {
        accumulator.hasGradient[tensor] = false
      }
    }
    guard remembers else { return }
    // Backwards, so that the first tensor of a unit has the last word.
    for tensor in layout.entries.indices.reversed() {
      let (unit, source) = (unit(ofTensor: tensor), other.unit(ofTensor: tensor))
      guard type(of: rule(ofUnit: unit)).name == type(of: other.rule(ofUnit: source)).name else { continue }
      memory[unit] = other.memory[source]
    }
  }

  /// What the rules remember, by the unit's name and their own.
  var namedMemory: [String: [String: Double]] {
    get {
      var result: [String: [String: Double]] = [:]
      for unit in 0..<unitCount {
        let names = rule(ofUnit: unit).memory.map(\.key)
        guard !names.isEmpty else { continue }
        result[name(ofUnit: unit)] = Dictionary(
          uniqueKeysWithValues: names.enumerated().map { ($1, memory[unit][$0]) })
      }
      return result
    }
    set {
      for unit in 0..<unitCount {
        for (place, name) in rule(ofUnit: unit).memory.map(\.key).enumerated() {
          memory[unit][place] = newValue[self.name(ofUnit: unit)]?[name] ?? memory[unit][place]
        }
      }
    }
  }

  private func name(ofUnit unit: Int) -> String {
    unitsAreTensors ? layout.entries[unit].name : groups[unit].name
  }
}
