/// Adagrad (Duchi, Hazan and Singer 2011): epsilon beside the root as in torch, or under it as in optax.
///
///     s = s + g^2
///     x = x - rate / (1 + (k - 1) * delta) * g / (sqrt(s + rootEpsilon) + epsilon)
public struct NaiveAdagrad<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let rateDecay: NaiveSetting
  private let epsilon: Double
  private let rootEpsilon: Double
  private let initialSumOfSquares: Double
  private var s: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    rateDecay: NaiveSetting = 0, epsilon: Double = 1e-10, rootEpsilon: Double = 0, initialSumOfSquares: Double = 0
  ) {
    (self.rateDecay, self.epsilon, self.rootEpsilon, self.initialSumOfSquares) = (
      rateDecay, epsilon, rootEpsilon, initialSumOfSquares
    )
  }

  /// What is kept.
  public var state: [[Scalar]] { [s] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let factor = 1 / (1 + Double(step.number - 1) * step(rateDecay))
    if step.number == 1 { s = filled(initialSumOfSquares, count: x.count) }
    for i in x.indices {
      s[i] = flushed(s[i] + g[i] * g[i])
      let root = (s[i] + Scalar(rootEpsilon)).squareRoot()
      x[i] = x[i] - step.rates[i] * (Scalar(factor) * g[i] / (root + Scalar(epsilon)))
    }
  }
}
