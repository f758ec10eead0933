/// AdaBelief (Zhuang et al. 2020).
///
///     m = beta1 * m + (1 - beta1) * g
///     s = beta2 * s + (1 - beta2) * (g - m)^2 + accumulatedEpsilon
///     x = x - rate * mhat / (sqrt(shat) + epsilon)
public struct NaiveAdaBelief<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let accumulatedEpsilon: Double
  private var m: [Scalar] = [], s: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-16, accumulatedEpsilon: Double = 1e-16
  ) {
    (self.beta1, self.beta2, self.epsilon, self.accumulatedEpsilon) = (beta1, beta2, epsilon, accumulatedEpsilon)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, s] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (mScale, sScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, s) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      let d = g[i] - m[i]
      s[i] = flushed(Scalar(beta2) * s[i] + Scalar(1 - beta2) * (d * d) + Scalar(accumulatedEpsilon))
      let root = (Scalar(sScale) * s[i]).squareRoot()
      x[i] = x[i] - step.rates[i] * (Scalar(mScale) * m[i] / (root + Scalar(epsilon)))
    }
  }
}
