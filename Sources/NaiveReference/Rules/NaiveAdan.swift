/// Adan (Xie et al. 2022), with the weight kappa = beta2 of the paper or 1 - beta2 of optax.
///
///     delta = g - g of the step before, 0 at the first
///     m = beta1 * m + (1 - beta1) * g
///     d = beta2 * d + (1 - beta2) * delta
///     n = beta3 * n + (1 - beta3) * (g + kappa * delta)^2
///     x = x - rate * (mhat + kappa * dhat) / (sqrt(nhat + rootEpsilon) + epsilon)
///     x = x / (1 + rate * lambda)        in the paper; optax multiplies by 1 - rate * lambda before
public struct NaiveAdan<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2, beta3: NaiveSetting
  private let epsilon: Double
  private let rootEpsilon: Double
  private let isPaper: Bool
  private var m: [Scalar] = [], d: [Scalar] = [], n: [Scalar] = [], before: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.98, beta2: NaiveSetting = 0.92, beta3: NaiveSetting = 0.99, epsilon: Double = 1e-8,
    rootEpsilon: Double = 0, isPaper: Bool = true
  ) {
    (self.beta1, self.beta2, self.beta3, self.epsilon) = (beta1, beta2, beta3, epsilon)
    (self.rootEpsilon, self.isPaper) = (rootEpsilon, isPaper)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, d, n, before] }

  /// Where the paper divides by it.
  public var takesDecoupledDecay: Bool { isPaper }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2, beta3) = (step(beta1), step(beta2), step(beta3))
    let kappa = isPaper ? beta2 : 1 - beta2
    let (mScale, dScale) = (1 / step.biasCorrection(beta1), kappa / step.biasCorrection(beta2))
    let nScale = 1 / step.biasCorrection(beta3)
    if step.number == 1 { (m, d, n) = (filled(count: x.count), filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      let delta = step.number == 1 ? 0 : g[i] - before[i]
      let ahead = g[i] + Scalar(kappa) * delta
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      d[i] = flushed(Scalar(beta2) * d[i] + Scalar(1 - beta2) * delta)
      n[i] = flushed(Scalar(beta3) * n[i] + Scalar(1 - beta3) * (ahead * ahead))
      let root = (Scalar(nScale) * n[i] + Scalar(rootEpsilon)).squareRoot()
      x[i] = x[i] - step.rates[i] * ((Scalar(mScale) * m[i] + Scalar(dScale) * d[i]) / (root + Scalar(epsilon)))
      x[i] = x[i] / (1 + step.rates[i] * Scalar(step.decoupledDecay))
    }
    before = g.map { flushed($0) }
  }
}
