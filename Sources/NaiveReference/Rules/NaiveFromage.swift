/// Fromage (Bernstein et al. 2020), with the least norm of optax.
///
///     x = (x - rate * max(|x|, least) / max(|g|, least) * g) / sqrt(1 + rate^2)
public struct NaiveFromage<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let leastNorm: Double

  /// A rule that has not made a step.
  public init(leastNorm: Double = 1e-6) { self.leastNorm = leastNorm }

  /// Nothing is kept.
  public var state: [[Scalar]] { [] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let ratio = max(step.norm(step.start), leastNorm) / max(step.norm(g), leastNorm)
    for i in x.indices {
      let rate = step.rates[i]
      x[i] = (x[i] - rate * Scalar(ratio) * g[i]) / (1 + rate * rate).squareRoot()
    }
  }
}
