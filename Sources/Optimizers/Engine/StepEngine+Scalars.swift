internal import Schedules
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What all units of a step have in common.
struct StepScalars {
  var largestRate = 0.0
  var smallestFactor = 1.0
  /// Whether every element's step is x - rate · (scale · g), so that its size follows from the gradient's norm.
  var isPlain = true
  /// ‖rate · scale · g‖₂, if so.
  var plainUpdateNorm = 0.0
}

/// Clip factors, learning rates and coefficients: a few numbers per unit.
extension StepEngine {
  /// Fills the modifiers and the coefficients of every unit.
  func prepareUnits(_ gradientNorm: ScaledNorm) throws(StepError) -> StepScalars {
    let scheduled = learningRate.schedule.value(after: completedSteps)
    guard scheduled >= 0, scheduled.isFinite else {
      throw .invalidLearningRate(value: scheduled, step: completedSteps + 1)
    }
    for (owner, hyperparameter) in scheduledHyperparameters {
      do { try hyperparameter.check(after: completedSteps, of: owner) } catch { throw .invalidSetting(error) }
    }
    for (group, decay) in scheduledDecays { groupScalars[group].decay = decay.rates(after: completedSteps) }
    let bound = settings.clipping.valueBound ?? .infinity
    let drawsPerElement = draws != nil
    draws?.begin(step: completedSteps, multiplier: learningRate.multiplierAfterDraw)

    var scalars = StepScalars(isPlain: !drawsPerElement && bound == .infinity && adaptiveClip == nil)
    if let adaptiveClip {
      for tensor in layout.entries.indices where places[tensor].isActive {
        scalars.smallestFactor = min(scalars.smallestFactor, adaptiveClip.smallestFactor(of: tensor))
      }
    }
    for unit in 0..<unitCount {
      let group = groupScalars[group(ofUnit: unit)]
      let factor = clipFactor(of: unit, group)
      var rate = try rate(of: unit, from: scheduled)
      // A draw per element takes the rate as its ε, and is scaled after its cap.
      if !drawsPerElement { rate *= group.scale }
      // The norm of what takes no part is 0, and a rate that is made of it nobody's.
      if !Scalar(rate).isFinite, !takesPart(unit) { rate = 0 }
      let largest = draws?.largestRate(epsilon: rate, scale: group.scale) ?? rate
      guard rate >= 0, Scalar(largest).isFinite else {
        throw .invalidLearningRate(value: largest, step: completedSteps + 1)
      }

      var m = Modifiers()
      (m.scale, m.prescale) = (group.ascends ? -factor.scale : factor.scale, factor.prescale)
      (m.bound, m.rate) = (bound, rate)
      (m.coupledDecay, m.independentDecay) = (group.decay.coupled, group.decay.independent)
      m.decoupledDecay = group.takesDecoupledDecay ? 0 : group.decay.decoupled
      modifiers[unit] = m
      steps[unit] = Step(
        number: completedSteps + 1, learningRate: rate,
        decoupledDecay: group.takesDecoupledDecay ? group.decay.decoupled : 0,
        memory: memory[unit], sums: nil)
      rules[group.rule].rule.store(coefficientsFor: steps[unit], at: coefficients + unit * coefficientStride)

      guard !group.isFrozen else { continue }
      scalars.largestRate = max(scalars.largestRate, rate)
      scalars.smallestFactor = min(scalars.smallestFactor, factor.value)
      scalars.isPlain = scalars.isPlain && m.coupledDecay == 0 && m.keep == 1 && group.isPlainDescent
      if scalars.isPlain {
        let norm =
          unitCount == 1 ? gradientNorm : norm(gradientNorms, of: unit, scope: unitsAreTensors ? .tensor : .group)
        let update = norm.times(rate * factor.scale).times(factor.prescale).value
        scalars.plainUpdateNorm = unitCount == 1 ? update : hypot(scalars.plainUpdateNorm, update)
      }
    }
    return scalars
  }

  /// Whether a unit has elements that can move in this step.
  private func takesPart(_ unit: Int) -> Bool {
    func takesPart(_ tensor: Int) -> Bool { places[tensor].isActive && layout.entries[tensor].count > 0 }
    return unitsAreTensors ? takesPart(unit) : tensorsOfGroup[unit].contains(where: takesPart)
  }

  private func clipFactor(of unit: Int, _ group: GroupScalars) -> ClipFactor {
    guard group.limit < .infinity else { return ClipFactor() }
    let count = group.isRootMeanSquare ? Double(layout.entries[unit].count) : 1
    return ClipFactor(
      limit: group.limit * count.squareRoot(), norm: norm(clipNorms ?? gradientNorms, of: unit, scope: group.scope),
      leastExponent: Int(Scalar.leastNormalMagnitude.exponent))
  }

  private func rate(of unit: Int, from base: Double) throws(StepError) -> Double {
    if let parameterNorms, let scope = rateNormScope {
      rateStep.parameterNorm = try finite(norm(parameterNorms, of: unit, scope: scope))
    }
    return try learningRate.rate(from: base, at: rateStep)
  }
}
