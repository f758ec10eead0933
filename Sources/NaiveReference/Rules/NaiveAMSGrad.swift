/// AMSGrad (Reddi, Kale and Kumar 2018), with the bias corrected after the maximum as in torch or before it as in optax.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     w = max(w, v)                   or w = max(w, vhat)
///     x = x - rate * mhat / (sqrt(what) + epsilon)                  or sqrt(w)
public struct NaiveAMSGrad<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let correctsFirst: Bool
  /// Whether to climb.
  public let isMaximizing: Bool
  private var m: [Scalar] = [], v: [Scalar] = [], w: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-8, correctsFirst: Bool = false,
    isMaximizing: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon, self.correctsFirst) = (beta1, beta2, epsilon, correctsFirst)
    self.isMaximizing = isMaximizing
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v, w] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (mScale, vScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, v, w) = (filled(count: x.count), filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let candidate = correctsFirst ? Scalar(vScale) * v[i] : v[i]
      if w[i] < candidate { w[i] = candidate }
      let root = (correctsFirst ? w[i] : Scalar(vScale) * w[i]).squareRoot()
      x[i] = x[i] - step.rates[i] * (Scalar(mScale) * m[i] / (root + Scalar(epsilon)))
    }
  }
}
