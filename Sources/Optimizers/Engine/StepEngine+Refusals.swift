internal import Schedules
internal import Tensors

/// What a step refuses, before anything is written.
extension StepEngine {
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
      step: completedSteps + 1, loss: rateStep.loss,
      learningRate: learningRate.schedule.value(after: completedSteps), gradientNorm: .nan, clipFactor: 1,
      updateNorm: 0, outcome: .skipped(consecutive: isDryRun ? consecutiveSkips + 1 : consecutiveSkips),
      path: path, overflow: nil)
  }

  /// Throws where a finite gradient, clipped, is beyond what the rule can use.
  func refuseTooLarge(_ gradientNorm: ScaledNorm) throws(StepError) {
    guard gradientNorm.exceeds(leastLargestGradient) else { return }
    for (tensor, entry) in layout.entries.enumerated() where places[tensor].isActive {
      let m = modifiers[unit(ofTensor: tensor)]
      let largestGradient = rules[places[tensor].rule].largestGradient
      for i in 0..<entry.count {
        let value = Double(gradients[tensor][i])
        guard min(abs(value), m.bound) * m.prescale * abs(m.scale) > largestGradient else { continue }
        let bad = BadEntry(entry, i, value)
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
    layout.firstNonFinite(memory) { places[$0].isActive }
  }
}
