/// ADOPT (Taniguchi et al. 2024); the bound is the fourth root of k - 1, or of k as in pytorch_optimizer.
///
///     v = g^2                            at the first step, which moves nothing; afterwards
///     m = beta1 * m + (1 - beta1) * clamp(g / max(sqrt(v), epsilon), -bound, bound)
///     x = x - rate * m
///     v = beta2 * v + (1 - beta2) * g^2
public struct NaiveADOPT<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let countsFirst: Bool
  private var m: [Scalar] = [], v: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.9999, epsilon: Double = 1e-6, countsFirst: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon, self.countsFirst) = (beta1, beta2, epsilon, countsFirst)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let bound = Double(countsFirst ? step.number : step.number - 1).squareRoot().squareRoot()
    if step.number == 1 { (m, v) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      if step.number == 1 {
        v[i] = flushed(g[i] * g[i])
        continue
      }
      let ratio = g[i] / max(v[i].squareRoot(), Scalar(epsilon))
      let clamped = max(min(ratio, Scalar(bound)), -Scalar(bound))
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * clamped)
      x[i] = x[i] - step.rates[i] * m[i]
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
    }
  }
}
