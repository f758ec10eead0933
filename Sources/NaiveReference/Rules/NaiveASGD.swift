internal import Foundation

/// Averaged stochastic gradient descent (Polyak and Juditsky 1992; Xu 2011), as in torch.
///
///     eta = rate / (1 + lambda * rate * (k - 1))^power
///     x = x * (1 - lambda * eta) - eta * g
///     a = a + (x - a) / max(1, k - 1 - start)
public struct NaiveASGD<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let lambda, power: NaiveSetting
  private let averagingStart: Double
  private var a: [Scalar] = []

  /// A rule that has not made a step.
  public init(lambda: NaiveSetting = 1e-4, power: NaiveSetting = 0.75, averagingStart: Double = 1e6) {
    (self.lambda, self.power, self.averagingStart) = (lambda, power, averagingStart)
  }

  /// What is kept.
  public var state: [[Scalar]] { [a] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (lambda, power, earlier) = (step(lambda), step(power), Double(step.number - 1))
    let factor = Scalar(pow(1 + lambda * step.rate * earlier, -power))
    let averaged = max(1, earlier - averagingStart)
    if step.number == 1 { a = filled(count: x.count) }
    for i in x.indices {
      let eta = step.rates[i] * factor
      x[i] = x[i] * (1 - Scalar(lambda) * eta) - eta * g[i]
      a[i] = flushed(averaged > 1 ? a[i] + (x[i] - a[i]) * Scalar(1 / averaged) : x[i])
    }
  }
}
