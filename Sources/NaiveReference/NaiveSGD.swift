// Stochastic gradient descent on one tensor, as the plainest loop.

/// How much of a parameter is taken away, and where.
public enum NaiveWeightDecay: Sendable, Equatable {
  /// None.
  case none
  /// The gradient of lambda/2 |x|^2 is added to the clipped gradient, before the rule.
  case coupled(Double)
  /// The parameter is multiplied by 1 - rate * lambda, before the rule moves it.
  case decoupled(Double)
}

/// Stochastic gradient descent with momentum (Polyak 1964; Nesterov as in Sutskever et al. 2013), on one tensor.
///
/// For an element x with gradient g, in this order and with a rounding after every operation:
///
///     s = clamp(g, -bound, bound)       if there is a value bound
///     h = s * c                         c the clip factor
///     h = -h                            if maximizing
///     h = h + lambda * x                coupled weight decay
///     x = x * (1 - rate * lambda)       decoupled weight decay
///     m = h                             at the first step, afterwards
///     m = mu * m + (1 - tau) * h        mu the momentum, tau the dampening
///     m = 0                             if |m| is below the least normal number
///     x = x - rate * m                  or with Nesterov: x = x - rate * (h + mu * m)
///     x = x - rate * h                  if mu is 0: there is no m
///
/// The factors c, 1 - tau, 1 - rate * lambda are computed in `Double`; like rate, lambda, mu and bound they are
/// rounded once to `Scalar`. The first step is not dampened, as in torch; mlx dampens it.
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
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rate: Double, clipFactor: Double = 1, valueBound: Double? = nil
  ) {
    step(
      &x, gradient: gradient, rates: Array(repeating: rate, count: x.count), clipFactor: clipFactor,
      valueBound: valueBound)
  }

  /// One step with a rate for each element.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func step(
    _ x: inout [Scalar], gradient: [Scalar], rates: [Double], clipFactor: Double = 1, valueBound: Double? = nil
  ) {
    let c = Scalar(clipFactor)
    let mu = Scalar(momentum)
    let undampened = Scalar(1 - dampening)
    var m = velocity ?? []
    for i in x.indices {
      let rate = Scalar(rates[i])
      var h = gradient[i]
      if let valueBound {
        let bound = Scalar(valueBound)
        if h > bound { h = bound }
        if h < -bound { h = -bound }
      }
      h = h * c
      if isMaximizing { h = -h }
      switch weightDecay {
      case .none: break
      case .coupled(let lambda): h = h + Scalar(lambda) * x[i]
      case .decoupled(let lambda): x[i] = x[i] * Scalar(1 - rates[i] * lambda)
      }
      if momentum == 0 {
        x[i] = x[i] - rate * h
        continue
      }
      var velocityOfElement = velocity == nil ? h : mu * m[i] + undampened * h
      if abs(velocityOfElement) < Scalar.leastNormalMagnitude { velocityOfElement = 0 }
      if velocity == nil { m.append(velocityOfElement) } else { m[i] = velocityOfElement }
      x[i] = isNesterov ? x[i] - rate * (h + mu * velocityOfElement) : x[i] - rate * velocityOfElement
    }
    if momentum != 0 { velocity = m }
  }
}
