/// Quasi-hyperbolic momentum (Ma and Yarats 2019).
///
///     m = beta * m + (1 - beta) * g
///     x = x - rate * ((1 - nu) * g + nu * m)
public struct NaiveQuasiHyperbolic<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let momentum, nu: NaiveSetting
  private var m: [Scalar] = []

  /// A rule that has not made a step.
  public init(momentum: NaiveSetting = 0.999, nu: NaiveSetting = 0.7) {
    (self.momentum, self.nu) = (momentum, nu)
  }

  /// What is kept.
  public var state: [[Scalar]] { [m] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta, nu) = (step(momentum), step(nu))
    if step.number == 1 { m = filled(count: x.count) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta) * m[i] + Scalar(1 - beta) * g[i])
      x[i] = x[i] - step.rates[i] * (Scalar(1 - nu) * g[i] + Scalar(nu) * m[i])
    }
  }
}
