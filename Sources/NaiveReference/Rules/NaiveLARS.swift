/// LARS (You, Gitman and Ginsburg 2017), or with the norm of the sum as in optax.
///
///     u = g + lambda * x
///     d = rate * kappa * |x| / (|g| + lambda * |x| + epsilon) * u    or over |u| + epsilon; rate * u where a norm is 0
///     b = mu * b + d
///     x = x - b                                                      or with Nesterov: x = x - (d + mu * b)
public struct NaiveLARS<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let momentum, trustCoefficient: NaiveSetting
  private let epsilon: Double
  private let isNesterov, isPaper: Bool
  private var b: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    momentum: NaiveSetting = 0.9, trustCoefficient: NaiveSetting = 0.001, epsilon: Double = 0,
    isNesterov: Bool = false, isPaper: Bool = true
  ) {
    (self.momentum, self.trustCoefficient, self.epsilon) = (momentum, trustCoefficient, epsilon)
    (self.isNesterov, self.isPaper) = (isNesterov, isPaper)
  }

  /// What is kept.
  public var state: [[Scalar]] { [b] }
  /// The decay is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (mu, kappa, lambda) = (step(momentum), step(trustCoefficient), step.decoupledDecay)
    if step.number == 1 { b = filled(count: x.count) }
    var u = g
    for i in x.indices { u[i] = g[i] + Scalar(lambda) * x[i] }
    let (size, length) = (step.norm(step.start), step.norm(isPaper ? g : u))
    let divisor = (isPaper ? length + lambda * size : length) + epsilon
    let trust = size == 0 || length == 0 ? 1 : min(kappa * size / divisor, 0x1p126)
    for i in x.indices {
      let d = step.rates[i] * Scalar(trust) * u[i]
      b[i] = flushed(Scalar(mu) * b[i] + d)
      x[i] = x[i] - (isNesterov ? d + Scalar(mu) * b[i] : b[i])
    }
  }
}
