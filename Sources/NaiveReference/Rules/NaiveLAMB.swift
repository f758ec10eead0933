/// LAMB (You et al. 2020).
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     u = mhat / (sqrt(vhat) + epsilon) + lambda * x
///     x = x - rate * |x| / |u| * u       the ratio is 1 where either norm is 0
public struct NaiveLAMB<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private var m: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-6) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }
  /// The decay is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let (mScale, vScale) = (1 / step.biasCorrection(beta1), 1 / step.biasCorrection(beta2))
    if step.number == 1 { (m, v) = (filled(count: x.count), filled(count: x.count)) }
    var u = x
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let root = (Scalar(vScale) * v[i]).squareRoot()
      u[i] = Scalar(mScale) * m[i] / (root + Scalar(epsilon)) + Scalar(step.decoupledDecay) * x[i]
    }
    let (size, length) = (step.norm(step.start), step.norm(u))
    let trust = size == 0 || length == 0 ? 1 : min(size / length, 0x1p126)
    for i in x.indices { x[i] = x[i] - step.rates[i] * (Scalar(trust) * u[i]) }
  }
}
