/// FTRL-proximal (McMahan et al. 2013, algorithm 1).
///
///     sigma = (sqrt(n + g^2) - sqrt(n)) / rate
///     n = n + g^2
///     z = z + g - sigma * x
///     x = 0                              where |z| <= lambda1, else
///     x = -(z - sign(z) * lambda1) / ((beta + sqrt(n)) / rate + lambda2)
///
/// Nothing changes where the rate is 0.
public struct NaiveFTRL<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let lambda1, lambda2: NaiveSetting
  private let beta: Double
  private var n: [Scalar] = [], z: [Scalar] = []

  /// A rule that has not made a step.
  public init(lambda1: NaiveSetting = 0, lambda2: NaiveSetting = 0, beta: Double = 1) {
    (self.lambda1, self.lambda2, self.beta) = (lambda1, lambda2, beta)
  }

  /// What is kept.
  public var state: [[Scalar]] { [n, z] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (lambda1, lambda2) = (step(lambda1), step(lambda2))
    if step.number == 1 { (n, z) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      let rate = step.rates[i]
      if rate == 0 { continue }
      let sum = n[i] + g[i] * g[i]
      let root = sum.squareRoot()
      let dual = z[i] + (g[i] - (root - n[i].squareRoot()) / rate * x[i])
      let excess = abs(dual) - Scalar(lambda1)
      let signed = dual > 0 ? excess : dual < 0 ? -excess : 0 * excess
      x[i] = excess > 0 ? -(rate * signed) / (Scalar(beta) + root + rate * Scalar(lambda2)) : 0
      (n[i], z[i]) = (flushed(sum), flushed(dual))
    }
  }
}
