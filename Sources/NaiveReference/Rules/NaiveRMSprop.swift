/// RMSprop (Tieleman and Hinton 2012; Graves 2013 for the centred form), epsilon beside the root or under it.
///
///     v = rho * v + (1 - rho) * g^2
///     a = rho * a + (1 - rho) * g                     if centred
///     d = g / (sqrt(max(vhat - ahat^2, 0) + rootEpsilon) + epsilon)    or vhat alone
///     b = mu * b + d                                  if there is momentum
///     x = x - rate * b                                or d without momentum, or d + mu * b with Nesterov's
///
/// The means are divided by 1 - rho^k if their bias is corrected, else taken as they are.
public struct NaiveRMSprop<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let rho: NaiveSetting
  private let epsilon: Double
  private let rootEpsilon: Double
  private let momentum: NaiveSetting?
  private let isNesterov: Bool
  private let isCentered: Bool
  private let correctsBias: Bool
  private let initialMeanSquare: Double
  private var v: [Scalar] = [], a: [Scalar] = [], b: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    rho: NaiveSetting = 0.99, epsilon: Double = 1e-8, rootEpsilon: Double = 0, momentum: NaiveSetting? = nil,
    isNesterov: Bool = false, isCentered: Bool = false, correctsBias: Bool = false, initialMeanSquare: Double = 0
  ) {
    (self.rho, self.epsilon, self.rootEpsilon, self.momentum) = (rho, epsilon, rootEpsilon, momentum)
    (self.isNesterov, self.isCentered, self.correctsBias, self.initialMeanSquare) = (
      isNesterov, isCentered, correctsBias, initialMeanSquare
    )
  }

  /// What is kept.
  public var state: [[Scalar]] { [v] + (isCentered ? [a] : []) + (momentum == nil ? [] : [b]) }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (rho, mu) = (step(rho), momentum.map { step($0) } ?? 0)
    let scale = Scalar(correctsBias ? 1 / step.biasCorrection(rho) : 1)
    if step.number == 1 {
      (v, a, b) = (filled(initialMeanSquare, count: x.count), filled(count: x.count), filled(count: x.count))
    }
    for i in x.indices {
      v[i] = flushed(Scalar(rho) * v[i] + Scalar(1 - rho) * (g[i] * g[i]))
      var square = scale * v[i]
      if isCentered {
        a[i] = flushed(Scalar(rho) * a[i] + Scalar(1 - rho) * g[i])
        square = max(square - (scale * a[i]) * (scale * a[i]), 0)
      }
      let d = g[i] / ((square + Scalar(rootEpsilon)).squareRoot() + Scalar(epsilon))
      if momentum == nil {
        x[i] = x[i] - step.rates[i] * d
        continue
      }
      b[i] = flushed(Scalar(mu) * b[i] + d)
      x[i] = x[i] - step.rates[i] * (isNesterov ? d + Scalar(mu) * b[i] : b[i])
    }
  }
}
