/// Signum (Bernstein et al. 2018); sign descent where there is no momentum.
///
///     m = mu * m + (1 - mu) * g          or m = g without momentum
///     x = x - rate * sign(m)
public struct NaiveSignum<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let momentum: NaiveSetting?
  private var m: [Scalar] = []

  /// A rule that has not made a step.
  public init(momentum: NaiveSetting? = 0.9) {
    self.momentum = momentum
  }

  /// What is kept.
  public var state: [[Scalar]] { momentum == nil ? [] : [m] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let mu = momentum.map { step($0) } ?? 0
    if step.number == 1 { m = filled(count: x.count) }
    for i in x.indices {
      if momentum != nil { m[i] = flushed(Scalar(mu) * m[i] + Scalar(1 - mu) * g[i]) }
      let d = momentum == nil ? g[i] : m[i]
      x[i] = x[i] - step.rates[i] * (d > 0 ? 1 : d < 0 ? -1 : 0)
    }
  }
}
