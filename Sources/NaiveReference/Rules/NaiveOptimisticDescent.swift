/// Optimistic gradient descent (Daskalakis et al. 2018).
///
///     x = x - rate * (alpha * g + beta * (g - g of the step before))    no difference at the first step
public struct NaiveOptimisticDescent<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let alpha, beta: NaiveSetting
  private var before: [Scalar] = []

  /// A rule that has not made a step.
  public init(alpha: NaiveSetting = 1, beta: NaiveSetting = 1) {
    (self.alpha, self.beta) = (alpha, beta)
  }

  /// What is kept.
  public var state: [[Scalar]] { [before] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (alpha, beta) = (step(alpha), step(beta))
    for i in x.indices {
      let change = step.number == 1 ? 0 : g[i] - before[i]
      x[i] = x[i] - step.rates[i] * (Scalar(alpha) * g[i] + Scalar(beta) * change)
    }
    before = g.map { flushed($0) }
  }
}
