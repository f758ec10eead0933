/// Lion (Chen et al. 2023).
///
///     x = x - rate * sign(beta1 * m + (1 - beta1) * g)
///     m = beta2 * m + (1 - beta2) * g
public struct NaiveLion<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private var m: [Scalar] = []

  /// A rule that has not made a step.
  public init(beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.99) {
    (self.beta1, self.beta2) = (beta1, beta2)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    if step.number == 1 { m = filled(count: x.count) }
    for i in x.indices {
      let mixed = Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i]
      x[i] = x[i] - step.rates[i] * (mixed > 0 ? 1 : mixed < 0 ? -1 : 0)
      m[i] = flushed(Scalar(beta2) * m[i] + Scalar(1 - beta2) * g[i])
    }
  }
}
