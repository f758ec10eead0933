/// Adamax (Kingma and Ba 2015, section 7), with epsilon as in torch and optax.
///
///     m = beta1 * m + (1 - beta1) * g
///     u = max(beta2 * u, |g| + epsilon)
///     x = x - rate * mhat / u
public struct NaiveAdamax<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private var m: [Scalar] = [], u: [Scalar] = []

  /// A rule that has not made a step.
  public init(beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, u] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let mScale = 1 / step.biasCorrection(beta1)
    if step.number == 1 { (m, u) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      let (decayed, magnitude) = (Scalar(beta2) * u[i], abs(g[i]) + Scalar(epsilon))
      u[i] = flushed(decayed < magnitude ? magnitude : decayed)
      x[i] = x[i] - step.rates[i] * (Scalar(mScale) * m[i] / u[i])
    }
  }
}
