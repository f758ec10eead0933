internal import Schedules
internal import Tensors

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
    let base = learningRate.schedule.value(after: completedSteps)
    guard base >= 0, base.isFinite else { throw .invalidLearningRate(value: base, step: completedSteps + 1) }

    let plainScope: Scope = unitsAreTensors ? .tensor : .group
    var scalars = StepScalars(isPlain: settings.isPlainDescent && learningRate.elementWise == nil)
    var sumOfSquares = 0.0
    for unit in 0..<unitCount {
      let group = groups[group(ofUnit: unit)]
      let factor = clipFactor(of: unit)
      let rate = try rate(of: unit) * group.learningRateScale
      guard rate >= 0, Scalar(rate).isFinite else {
        throw .invalidLearningRate(value: rate, step: completedSteps + 1)
      }

      var m = Modifiers()
      (m.scale, m.prescale) = (settings.rule.ascends ? -factor.scale : factor.scale, factor.prescale)
      m.bound = settings.clipping.valueBound ?? .infinity
      let decay = group.weightDecay ?? settings.weightDecay
      (m.coupledDecay, m.decoupledDecay) = (decay.coupledRate, decay.decoupledRate)
      m.rate = rate
      modifiers[unit] = m
      settings.rule.store(
        coefficientsFor: Step(number: completedSteps + 1, learningRate: rate),
        at: coefficients + unit * coefficientStride)

      scalars.largestRate = max(scalars.largestRate, rate)
      scalars.smallestFactor = min(scalars.smallestFactor, factor.value)
      scalars.isPlain = scalars.isPlain && m.coupledDecay == 0 && m.decoupledDecay == 0 && m.bound == .infinity
      if scalars.isPlain {
        let norm = unitCount == 1 ? gradientNorm : norm(gradientNorms, of: unit, scope: plainScope)
        let update = norm.times(rate * factor.scale).times(factor.prescale).value
        if unitCount == 1 { scalars.plainUpdateNorm = update }
        sumOfSquares += update * update
      }
    }
    if unitCount > 1 { scalars.plainUpdateNorm = sumOfSquares.squareRoot() }
    draws = learningRate.elementWise.map {
      ElementDraws(
        controller: $0, epsilon: scalars.largestRate, multiplier: learningRate.multiplierAfterDraw,
        step: completedSteps)
    }
    return scalars
  }

  private func clipFactor(of unit: Int) -> ClipFactor {
    guard let limit = settings.clipping.normLimit else { return ClipFactor() }
    return ClipFactor(
      limit: limit.limit, norm: norm(clipNorms ?? gradientNorms, of: unit, scope: limit.scope),
      leastExponent: Int(Scalar.leastNormalMagnitude.exponent) + 24)
  }

  private func rate(of unit: Int) throws(StepError) -> Double {
    guard let parameterNorms, let scope = learningRate.normScope else {
      return learningRate.rate(after: completedSteps, norm: ScaledNorm(0))
    }
    return learningRate.rate(after: completedSteps, norm: try finite(norm(parameterNorms, of: unit, scope: scope)))
  }
}
