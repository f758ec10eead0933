/// Adadelta (Zeiler 2012).
///
///     v = rho * v + (1 - rho) * g^2
///     delta = sqrt((u + epsilon) / (v + epsilon)) * g
///     u = rho * u + (1 - rho) * delta^2
///     x = x - rate * delta
public struct NaiveAdadelta<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let rho: NaiveSetting
  private let epsilon: Double
  private var v: [Scalar] = [], u: [Scalar] = []

  /// A rule that has not made a step.
  public init(rho: NaiveSetting = 0.9, epsilon: Double = 1e-6) {
    (self.rho, self.epsilon) = (rho, epsilon)
  }

  /// What is kept.
  public var state: [[Scalar]] { [v, u] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let rho = step(rho)
    if step.number == 1 { (v, u) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      v[i] = flushed(Scalar(rho) * v[i] + Scalar(1 - rho) * (g[i] * g[i]))
      let delta = ((u[i] + Scalar(epsilon)) / (v[i] + Scalar(epsilon))).squareRoot() * g[i]
      u[i] = flushed(Scalar(rho) * u[i] + Scalar(1 - rho) * (delta * delta))
      x[i] = x[i] - step.rates[i] * delta
    }
  }
}
