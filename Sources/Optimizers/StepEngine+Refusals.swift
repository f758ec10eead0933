internal import Schedules
internal import Tensors

/// What a step refuses, before anything is written.
extension StepEngine {
  /// An entry that stops a step.
  struct BadEntry {
    var tensor: String
    var flatIndex: Int
    var index: [Int]
    var value: Double
    /// How many entries are like it.
    var count = 1
  }

  /// Finds what is not finite in the gradients; throws, or reports that the step is skipped.
  func refuseNonFinite(isDryRun: Bool) throws(StepError) -> StepReport {
    guard let bad = firstNonFinite({ gradients[$0] }) else {
      preconditionFailure("the norm of finite numbers is finite")
    }
    guard case .skip(let limit) = settings.options.nonFiniteGradient else {
      throw .nonFiniteGradient(
        tensor: bad.tensor, flatIndex: bad.flatIndex, index: bad.index, value: bad.value, count: bad.count,
        step: completedSteps + 1)
    }
    guard consecutiveSkips < limit else {
      throw .tooManySkips(limit: limit, tensor: bad.tensor, flatIndex: bad.flatIndex, value: bad.value)
    }
    if !isDryRun { consecutiveSkips += 1 }
    return StepReport(
      step: completedSteps + 1, learningRate: learningRate.schedule.value(after: completedSteps), gradientNorm: .nan,
      clipFactor: 1, updateNorm: 0, outcome: .skipped(consecutive: isDryRun ? consecutiveSkips + 1 : consecutiveSkips),
      path: path, overflow: nil)
  }

  /// Throws where a finite gradient, clipped, is beyond what the rule can use.
  func refuseTooLarge(_ gradientNorm: ScaledNorm) throws(StepError) {
    guard rules.contains(where: { gradientNorm.exceeds($0.largestGradient) }) else { return }
    for (tensor, entry) in layout.entries.enumerated() where places[tensor].isActive {
      let m = modifiers[unit(ofTensor: tensor)]
      let largestGradient = rules[places[tensor].rule].largestGradient
      for i in 0..<entry.count {
        let value = Double(gradients[tensor][i])
        guard min(abs(value), m.bound) * m.prescale * abs(m.scale) > largestGradient else { continue }
        let bad = badEntry(tensor, i, value)
        throw .gradientTooLarge(
          tensor: bad.tensor, flatIndex: i, index: bad.index, value: value, largest: largestGradient)
      }
    }
  }

  /// A norm of parameters that a rate depends on, if they are finite.
  func finite(_ norm: ScaledNorm) throws(StepError) -> ScaledNorm {
    guard !norm.isFinite, let bad = firstNonFinite({ UnsafePointer(parameters[$0]) }) else { return norm }
    throw .nonFiniteParameter(
      tensor: bad.tensor, flatIndex: bad.flatIndex, index: bad.index, value: bad.value, count: bad.count)
  }

  /// The first entry that is not finite, in the layout's order, and how many there are.
  func firstNonFinite(_ memory: (Int) -> UnsafePointer<Scalar>) -> BadEntry? {
    var found: BadEntry?
    for (tensor, entry) in layout.entries.enumerated() where places[tensor].isActive {
      let elements = UnsafeBufferPointer(start: memory(tensor), count: entry.count)
      for (index, value) in elements.enumerated() where !value.isFinite {
        if found == nil { found = badEntry(tensor, index, Double(value)) } else { found?.count += 1 }
      }
    }
    return found
  }

  private func badEntry(_ tensor: Int, _ flatIndex: Int, _ value: Double) -> BadEntry {
    let entry = layout.entries[tensor]
    var rest = flatIndex
    var index = [Int](repeating: 0, count: entry.shape.count)
    for axis in entry.shape.indices.reversed() {
      index[axis] = rest % entry.shape[axis]
      rest /= entry.shape[axis]
    }
    return BadEntry(tensor: entry.name, flatIndex: flatIndex, index: index, value: value)
  }
}
