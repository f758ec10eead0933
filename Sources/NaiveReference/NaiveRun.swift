// What is done for every rule before it moves: clipping, weight decay, and the count of the steps.

/// A rule at work on one tensor.
///
/// For an element x with gradient g, in this order and with a rounding after every operation:
///
///     s = clamp(g, -bound, bound)       if there is a value bound
///     h = (s * c') * c                  c the clip factor; c' is 1 unless the factor is too small for one number
///     h = -h                            if maximizing
///     h = h + lambda * x                coupled weight decay
///     x = x * (1 - rate * lambda)       decoupled weight decay, unless the rule takes it
///     x = x * (1 - lambda)              independent weight decay
///
/// and then the rule moves x along h. The factors c, 1 - rate * lambda are computed in `Double`; like rate, lambda and
/// bound they are rounded once to `Scalar`. With a rate for each element, 1 - rate * lambda is computed in `Scalar`.
public struct NaiveRun<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// The rule, with what it keeps.
  public private(set) var rule: any NaiveRule<Scalar>
  /// lambda and its place.
  public let weightDecay: NaiveWeightDecay
  /// The number of steps made.
  public private(set) var completedSteps = 0

  private let sum: @Sendable ([Double]) -> Double

  /// A run that has not made a step. A rule that needs sums over the tensor takes them by `sum`, because their last bits
  /// depend on the order.
  public init(
    _ rule: any NaiveRule<Scalar>, weightDecay: NaiveWeightDecay = .none,
    sum: @escaping @Sendable ([Double]) -> Double = { $0.reduce(0, +) }
  ) {
    (self.rule, self.weightDecay, self.sum) = (rule, weightDecay, sum)
  }

  /// The arrays that the rule keeps.
  public var state: [[Scalar]] { rule.state }

  /// One step with the same rate for every element.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rate: Double, clipFactor: Double = 1, clipPrescale: Double = 1,
    valueBound: Double? = nil
  ) {
    let decay = weightDecay.rates(after: completedSteps)
    let h = prepared(gradient, clipFactor, clipPrescale, valueBound, decay.coupled, at: x)
    let start = x
    let keep = Scalar(1 - rate * (rule.takesDecoupledDecay ? 0 : decay.decoupled) - decay.independent)
    for i in x.indices { x[i] = x[i] * keep }
    move(&x, from: start, along: h, rate, filled(rate, count: x.count), decay.decoupled)
  }

  /// One step with a rate for each element; `rate` is what they were drawn from.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rates: [Double], rate: Double, clipFactor: Double = 1,
    clipPrescale: Double = 1, valueBound: Double? = nil
  ) {
    let decay = weightDecay.rates(after: completedSteps)
    let h = prepared(gradient, clipFactor, clipPrescale, valueBound, decay.coupled, at: x)
    let (start, rates) = (x, rates.map { Scalar($0) })
    let decoupled = Scalar(rule.takesDecoupledDecay ? 0 : decay.decoupled)
    for i in x.indices { x[i] = x[i] * (1 - rates[i] * decoupled - Scalar(decay.independent)) }
    move(&x, from: start, along: h, rate, rates, decay.decoupled)
  }

  private mutating func move(
    _ x: inout [Scalar], from start: [Scalar], along h: [Scalar], _ rate: Double, _ rates: [Scalar],
    _ decoupledDecay: Double
  ) {
    completedSteps += 1
    rule.move(
      &x, along: h,
      at: NaiveStep(
        number: completedSteps, rate: rate, rates: rates,
        decoupledDecay: rule.takesDecoupledDecay ? decoupledDecay : 0, start: start, sum: sum))
  }

  /// h: the gradient clipped, turned and with the coupled decay in it.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func prepared(
    _ gradient: [Scalar], _ clipFactor: Double, _ clipPrescale: Double, _ valueBound: Double?, _ coupledDecay: Double,
    at x: [Scalar]
  ) -> [Scalar] {
    let isMaximizing = rule.isMaximizing
    var h = gradient
    for i in h.indices {
      if let valueBound {
        let bound = Scalar(valueBound)
        if h[i] > bound { h[i] = bound }
        if h[i] < -bound { h[i] = -bound }
      }
      h[i] = h[i] * Scalar(clipPrescale)
      h[i] = h[i] * Scalar(clipFactor)
      if isMaximizing { h[i] = -h[i] }
      if coupledDecay != 0 { h[i] = h[i] + Scalar(coupledDecay) * x[i] }
    }
    return h
  }
}
