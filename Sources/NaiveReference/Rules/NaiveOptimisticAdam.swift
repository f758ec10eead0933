/// Optimistic Adam (Daskalakis et al. 2018), with Nesterov's momentum as in optax if asked for.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     u = (a * g + b * m) / (sqrt(vhat) + epsilon)
///     x = x - rate * (alpha * u + beta * (u - u of the step before))    no difference at the first step
///
///     a = 0,                           b = 1 / (1 - beta1^k)                 without Nesterov's momentum
///     a = (1 - beta1) / (1 - beta1^k), b = beta1 / (1 - beta1^(k + 1))       with
public struct NaiveOptimisticAdam<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2, alpha, beta: NaiveSetting
  private let epsilon: Double
  private let isNesterov: Bool
  private var m: [Scalar] = [], v: [Scalar] = [], u: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, alpha: NaiveSetting = 1, beta: NaiveSetting = 1,
    epsilon: Double = 1e-8, isNesterov: Bool = false
  ) {
    (self.beta1, self.beta2, self.alpha, self.beta) = (beta1, beta2, alpha, beta)
    (self.epsilon, self.isNesterov) = (epsilon, isNesterov)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v, u] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (alpha, beta, vScale) = (step(alpha), step(beta), 1 / step.biasCorrection(beta2))
    let correction = step.biasCorrection(beta1)
    let a = isNesterov ? (1 - beta1) / correction : 0
    let b = isNesterov ? beta1 / (correction + (1 - correction) * (1 - beta1)) : 1 / correction
    if step.number == 1 { (m, v, u) = (filled(count: x.count), filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let root = (Scalar(vScale) * v[i]).squareRoot()
      let direction = (Scalar(a) * g[i] + Scalar(b) * m[i]) / (root + Scalar(epsilon))
      let change = step.number == 1 ? 0 : direction - u[i]
      u[i] = flushed(direction)
      x[i] = x[i] - step.rates[i] * (Scalar(alpha) * direction + Scalar(beta) * change)
    }
  }
}
