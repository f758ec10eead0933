/// Stochastic gradient descent with momentum (Polyak 1964; Nesterov as in Sutskever et al. 2013).
///
///     m = g                       at the first step, afterwards
///     m = mu * m + (1 - tau) * g  mu the momentum, tau the dampening
///     x = x - rate * m            or with Nesterov: x = x - rate * (g + mu * m)
///     x = x - rate * g            if mu is 0: there is no m
///
/// The first step is not dampened, as in torch; mlx dampens it.
public struct NaiveSGD<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let mu, tau: NaiveSetting
  private let hasMomentum, isNesterov: Bool
  /// Whether to climb.
  public let isMaximizing: Bool
  private var m: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    momentum: NaiveSetting? = nil, dampening: NaiveSetting = 0, isNesterov: Bool = false, isMaximizing: Bool = false
  ) {
    (mu, hasMomentum, tau) = (momentum ?? 0, momentum != nil, dampening)
    (self.isNesterov, self.isMaximizing) = (isNesterov, isMaximizing)
  }

  /// What is kept.
  public var state: [[Scalar]] { hasMomentum ? [m] : [] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (mu, tau) = (step(mu), step(tau))
    if step.number == 1 { m = filled(count: x.count) }
    for i in x.indices {
      if !hasMomentum {
        x[i] = x[i] - step.rates[i] * g[i]
        continue
      }
      m[i] = flushed(step.number == 1 ? g[i] : Scalar(mu) * m[i] + Scalar(1 - tau) * g[i])
      x[i] = x[i] - step.rates[i] * (isNesterov ? g[i] + Scalar(mu) * m[i] : m[i])
    }
  }
}
