// Stochastic gradient descent on one tensor, as the plainest loop.

/// How much of a parameter is taken away, and where.
public enum NaiveWeightDecay: Sendable, Equatable {
  /// None.
  case none
  /// The gradient of lambda/2 |x|^2 is added to the clipped gradient, before the rule.
  case coupled(Double)
  /// The parameter is multiplied by 1 - rate * lambda, before the rule moves it.
  case decoupled(Double)
  /// The parameter is multiplied by 1 - lambda, before the rule moves it.
  case independent(Double)
}

/// Stochastic gradient descent with momentum (Polyak 1964; Nesterov as in Sutskever et al. 2013), on one tensor.
///
/// For an element x with gradient g, in this order and with a rounding after every operation:
///
///     s = clamp(g, -bound, bound)       if there is a value bound
///     h = (s * c') * c                  c the clip factor; c' is 1 unless the factor is too small for one number
///     h = -h                            if maximizing
///     h = h + lambda * x                coupled weight decay
///     x = x * (1 - rate * lambda)       decoupled weight decay
///     x = x * (1 - lambda)              independent weight decay
///     m = h                             at the first step, afterwards
///     m = mu * m + (1 - tau) * h        mu the momentum, tau the dampening
///     m = 0                             if |m| is below the least normal number
///     x = x - rate * m                  or with Nesterov: x = x - rate * (h + mu * m)
///     x = x - rate * h                  if mu is 0: there is no m
///
/// The factors c, 1 - tau, 1 - rate * lambda are computed in `Double`; like rate, lambda, mu and bound they are
/// rounded once to `Scalar`. With a rate for each element, 1 - rate * lambda is computed in `Scalar`. The first step is
/// not dampened, as in torch; mlx dampens it.
public struct NaiveSGD<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// mu.
  public var momentum = 0.0
  /// tau.
  public var dampening = 0.0
  /// Whether to step along h + mu * m.
  public var isNesterov = false
  /// Whether to climb.
  public var isMaximizing = false
  /// lambda and its place.
  public var weightDecay = NaiveWeightDecay.none
  /// m; `nil` before the first step and where mu is 0.
  public private(set) var velocity: [Scalar]?

  /// A rule that has not made a step.
  public init(
    momentum: Double = 0, dampening: Double = 0, isNesterov: Bool = false, isMaximizing: Bool = false,
    weightDecay: NaiveWeightDecay = .none
  ) {
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
    self.isMaximizing = isMaximizing
    self.weightDecay = weightDecay
  }

  /// One step with the same rate for every element.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rate: Double, clipFactor: Double = 1, clipPrescale: Double = 1,
    valueBound: Double? = nil
  ) {
    let keep = Scalar(1 - rate * decoupledDecay - independentDecay)
    let rate = Scalar(rate)
    let h = prepared(gradient, clipFactor, clipPrescale, valueBound, at: x)
    advanceVelocity(along: h)
    for i in x.indices {
      x[i] = x[i] * keep
      x[i] = x[i] - rate * direction(h, i)
    }
  }

  /// One step with a rate for each element.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rates: [Double], clipFactor: Double = 1, clipPrescale: Double = 1,
    valueBound: Double? = nil
  ) {
    let h = prepared(gradient, clipFactor, clipPrescale, valueBound, at: x)
    advanceVelocity(along: h)
    for i in x.indices {
      let rate = Scalar(rates[i])
      x[i] = x[i] * (1 - rate * Scalar(decoupledDecay) - Scalar(independentDecay))
      x[i] = x[i] - rate * direction(h, i)
    }
  }

  private var decoupledDecay: Double {
    if case .decoupled(let lambda) = weightDecay { lambda } else { 0 }
  }

  private var independentDecay: Double {
    if case .independent(let lambda) = weightDecay { lambda } else { 0 }
  }

  /// h: the gradient clipped, turned and with the coupled decay in it.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func prepared(
    _ gradient: [Scalar], _ clipFactor: Double, _ clipPrescale: Double, _ valueBound: Double?, at x: [Scalar]
  ) -> [Scalar] {
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
      if case .coupled(let lambda) = weightDecay { h[i] = h[i] + Scalar(lambda) * x[i] }
    }
    return h
  }

  /// m of this step.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private mutating func advanceVelocity(along h: [Scalar]) {
    if momentum == 0 { return }
    var m = h
    for i in h.indices {
      if let velocity { m[i] = Scalar(momentum) * velocity[i] + Scalar(1 - dampening) * h[i] }
      if abs(m[i]) < Scalar.leastNormalMagnitude { m[i] = 0 }
    }
    velocity = m
  }

  /// What the parameter moves against.
  @inline(__always)
  private func direction(_ h: [Scalar], _ i: Int) -> Scalar {
    guard let velocity else { return h[i] }
    return isNesterov ? h[i] + Scalar(momentum) * velocity[i] : velocity[i]
  }
}
