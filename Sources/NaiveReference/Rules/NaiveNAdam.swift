internal import Foundation

/// NAdam (Dozat 2016), with the schedule of the momentum as in torch or without it as in optax.
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     x = x - rate * (a * g + b * m) / (sqrt(vhat) + epsilon)
///
///     mu(k) = beta1 * (1 - 0.96^(k * psi) / 2),  P = mu(1) * ... * mu(k)
///     a = (1 - mu(k)) / (1 - P),      b = mu(k + 1) / (1 - P * mu(k + 1))     with the schedule
///     a = (1 - beta1) / (1 - beta1^k), b = beta1 / (1 - beta1^(k + 1))        without
public struct NaiveNAdam<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let beta1, beta2: NaiveSetting
  private let epsilon: Double
  private let momentumDecay: Double
  private let isScheduled: Bool
  private var m: [Scalar] = [], v: [Scalar] = []
  private var product = 1.0

  /// A rule that has not made a step.
  public init(
    beta1: NaiveSetting = 0.9, beta2: NaiveSetting = 0.999, epsilon: Double = 1e-8, momentumDecay: Double = 0.004,
    isScheduled: Bool = true
  ) {
    (self.beta1, self.beta2, self.epsilon, self.momentumDecay) = (beta1, beta2, epsilon, momentumDecay)
    self.isScheduled = isScheduled
  }

  /// What is kept.
  public var state: [[Scalar]] { [m, v] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (beta1, beta2) = (step(beta1), step(beta2))
    let vScale = 1 / step.biasCorrection(beta2)
    let mu = beta1 * (1 - 0.5 * pow(0.96, Double(step.number) * momentumDecay))
    let next = beta1 * (1 - 0.5 * pow(0.96, Double(step.number + 1) * momentumDecay))
    product *= mu
    var (a, b) = ((1 - mu) / (1 - product), next / (1 - product * next))
    if !isScheduled {
      let correction = step.biasCorrection(beta1)
      (a, b) = ((1 - beta1) / correction, beta1 / (correction + (1 - correction) * (1 - beta1)))
    }
    if step.number == 1 { (m, v) = (filled(count: x.count), filled(count: x.count)) }
    for i in x.indices {
      m[i] = flushed(Scalar(beta1) * m[i] + Scalar(1 - beta1) * g[i])
      v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
      let root = (Scalar(vScale) * v[i]).squareRoot()
      x[i] = x[i] - step.rates[i] * ((Scalar(a) * g[i] + Scalar(b) * m[i]) / (root + Scalar(epsilon)))
    }
  }
}
