/// AdEMAMix (Pagliardini, Ablin and Grangier 2024).
///
///     m = beta1 * m + (1 - beta1) * g
///     s = beta3 * s + (1 - beta3) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     x = x - rate * (mhat + alpha * s) / (sqrt(vhat) + epsilon)
public struct NaiveAdEMAMix<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2, beta3, alpha: NaiveSetting
  private let epsilon: Double
  private var m: [Scalar] = [], s: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, beta3: NaiveSetting = 0.9999, alpha: NaiveSetting = 5,
    epsilon: Double = 1e-8
  ) {
    (self.beta1, self.beta2, self.beta3, self.alpha) = (beta1, beta2, beta3, alpha)
    self.epsilon = epsilon
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, s, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (beta3, alpha) = (step(beta3), step(alpha))
    let (mScale, vScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, s, v) = (filled(count: x.count), filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      s[i] = flushed(Scalar(beta3) * s[i] + Scalar(1 - beta3) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let root = (Scalar(vScale) * v[i]).squareRoot()
      x[i] = x[i] - step.rates[i] * ((Scalar(mScale) * m[i] + Scalar(alpha) * s[i]) / (root + Scalar(epsilon)))
    }
  }
}
