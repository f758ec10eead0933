/// Yogi (Zaheer et al. 2018), with the bias corrected as in optax.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = v - (1 - beta2) * sign(v - g^2) * g^2
///     x = x - rate * mhat / (sqrt(vhat) + epsilon)
public struct NaiveYogi<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let initialMean: Double
  private let initialMeanSquare: Double
  private var m: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-3, initialMean: Double = 0,
    initialMeanSquare: Double = 1e-6
  ) {
    (self.beta1, self.beta2, self.epsilon, self.initialMean) = (beta1, beta2, epsilon, initialMean)
    self.initialMeanSquare = initialMeanSquare
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (mScale, vScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, v) = (filled(initialMean, count: x.count), filled(initialMeanSquare, count: x.count)) }
    for i in x.indices {
      let square = g[i] * g[i]
      let sign: Scalar = v[i] > square ? 1 : v[i] < square ? -1 : 0
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(v[i] - Scalar(1 - beta2) * (sign * square))
      let root = (Scalar(vScale) * v[i]).squareRoot()
      x[i] = x[i] - step.rates[i] * (Scalar(mScale) * m[i] / (root + Scalar(epsilon)))
    }
  }
}
