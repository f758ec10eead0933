/// Adam (Kingma and Ba 2015), with what optax calls eps_root beside epsilon.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     x = x - rate * mhat / (sqrt(vhat + rootEpsilon) + epsilon)    mhat = m / (1 - beta1^k), vhat = v / (1 - beta2^k)
public struct NaiveAdam<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let rootEpsilon: Double
  /// Whether to climb.
  public let isMaximizing: Bool
  private var m: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-8, rootEpsilon: Double = 0,
    isMaximizing: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon, self.rootEpsilon) = (beta1, beta2, epsilon, rootEpsilon)
    self.isMaximizing = isMaximizing
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (mScale, vScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, v) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let root = (Scalar(vScale) * v[i] + Scalar(rootEpsilon)).squareRoot()
      x[i] = x[i] - step.rates[i] * (Scalar(mScale) * m[i] / (root + Scalar(epsilon)))
    }
  }
}
