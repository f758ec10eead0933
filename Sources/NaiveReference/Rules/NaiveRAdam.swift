/// RAdam (Liu et al. 2020), with threshold and epsilon as in torch or as in optax.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     x = x - rate * r * mhat / (sqrt(vhat) + epsilon)    where rho > 5, or rho >= 5 in optax; else x - rate * mhat
///
///     limit = 2 / (1 - beta2) - 1,  rho = limit - 2 * k * beta2^k / (1 - beta2^k)
///     r^2 = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)
///
/// torch divides by (sqrt(v) + epsilon) / sqrt(1 - beta2^k).
public struct NaiveRAdam<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let isTorch: Bool
  private var m: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-8, isTorch: Bool = true) {
    (self.beta1, self.beta2, self.epsilon, self.isTorch) = (beta1, beta2, epsilon, isTorch)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let correction = step.biasCorrection(beta2)
    let limit = 2 / (1 - beta2) - 1
    let rho = limit - 2 * Double(step.number) * (1 - correction) / correction
    let isRectified = isTorch ? rho > 5 : rho >= 5
    var scale = 1 / step.biasCorrection(beta1)
    if isRectified { scale *= ((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)).squareRoot() }
    if isRectified, isTorch { scale *= correction.squareRoot() }
    if step.number == 1 { (m, v) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      if isRectified {
        let root = (isTorch ? v[i] : Scalar(1 / correction) * v[i]).squareRoot()
        x[i] = x[i] - step.rates[i] * (Scalar(scale) * m[i] / (root + Scalar(epsilon)))
      } else {
        x[i] = x[i] - step.rates[i] * (Scalar(scale) * m[i])
      }
    }
  }
}
