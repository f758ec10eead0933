/// NovoGrad (Ginsburg et al. 2019).
///
///     v = beta2 * v + (1 - beta2) * |g|^2     v = |g|^2 at the first step
///     u = g / (sqrt(v) + epsilon) + lambda * x
///     m = beta1 * m + u                       m = u at the first step
///     x = x - rate * m
public struct NaiveNovoGrad<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private var m: [Scalar] = []
  private var v = 0.0

  /// A rule that has not made a step.
  public init(beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.25, epsilon: Double = 1e-6) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m] }
  /// The decay is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let square = step.sumOfSquares(g)
    v = step.number == 1 ? square : beta2 * v + (1 - beta2) * square
    if step.number == 1 { m = filled(count: x.count) }
    for i in x.indices {
      let u = g[i] / Scalar(v.squareRoot() + epsilon) + Scalar(step.decoupledDecay) * x[i]
      m[i] = flushed(step.number == 1 ? u : Scalar(beta1) * m[i] + u)
      x[i] = x[i] - step.rates[i] * m[i]
    }
  }
}
