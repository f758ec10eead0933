#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Schedule-free SGD and AdamW (Defazio et al. 2024), with w_k = k^r * (largest rate so far)^p:
///
///     u = g                                            SGD
///     v = beta2 v + (1 - beta2) g^2                    AdamW
///     u = g / (sqrt(v) / sqrt(1 - beta2^k) + eps)
///     z = z - rate * r (u + lambda y)                  z = x = y before the first step
///     x = (1 - c) x + c z                              c = w_k / (w_1 + ... + w_k), 0 if all are 0
///     y = (1 - beta) z + beta x                        y is what the caller has
///
/// r is 1, or for RAdam (Liu et al. 2020), with the largest rate one of rate * r,
///
///     limit = 2 / (1 - beta2) - 1,  rho = limit - 2 k beta2^k / (1 - beta2^k)
///     r^2 = (rho - 4) (rho - 2) limit / ((limit - 4) (limit - 2) rho)      where rho > 4
///     u = g, and r = 0 if silent, else 1                                   where rho <= 4
public struct NaiveScheduleFree<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  /// What makes AdamW of it.
  public struct SecondMoment: Sendable {
    /// beta2 and eps.
    public var beta2, epsilon: NaiveSetting
    /// Whether this is RAdam, and then whether it is silent; nil for AdamW.
    public var isSilent: Bool?

    /// Settings, with schedulefree's defaults.
    public init(beta2: NaiveSetting = 0.999, epsilon: NaiveSetting = 1e-8, isSilent: Bool? = nil) {
      (self.beta2, self.epsilon, self.isSilent) = (beta2, epsilon, isSilent)
    }
  }

  private let beta: NaiveSetting
  private let r, p: Double
  private let secondMoment: SecondMoment?
  private var (z, x, v): ([Scalar], [Scalar], [Scalar]) = ([], [], [])
  private var largestRate = 0.0
  /// (w_1 + ... + w_k) / w_k.
  private var relativeWeights = 0.0

  /// A rule that has not made a step.
  public init(
    interpolation: NaiveSetting = 0.9, stepPower: Double = 0, ratePower: Double = 2, secondMoment: SecondMoment? = nil
  ) {
    (beta, r, p, self.secondMoment) = (interpolation, stepPower, ratePower, secondMoment)
  }

  /// z, x and v if there is one.
  public var state: [[Scalar]] { secondMoment == nil ? [z, x] : [z, x, v] }
  /// Yes: it is a part of the step of z.
  public var takesDecoupledDecay: Bool { true }

  /// c of the next step, which is counted.
  private mutating func nextShare(_ k: Double, _ rate: Double) -> Double {
    let before = largestRate
    if rate > largestRate { largestRate = rate }
    if largestRate == 0, p != 0 { return 0 }
    let rates = largestRate == 0 ? 1 : pow(before / largestRate, p)
    relativeWeights = 1 + relativeWeights * rates * pow((k - 1) / k, r)
    return 1 / relativeWeights
  }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ y: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let k = Double(step.number)
    if step.number == 1 { (z, x, v) = (y, y, filled(count: y.count)) }
    var (r, isDivided) = (1.0, true)
    if let secondMoment, let isSilent = secondMoment.isSilent {
      let power = pow(step(secondMoment.beta2), k)
      let limit = 2 / (1 - step(secondMoment.beta2)) - 1
      let rho = limit - 2 * k * power / (1 - power)
      if rho > 4 {
        r = ((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)).squareRoot()
      } else {
        (r, isDivided) = (isSilent ? 0 : 1, false)
      }
    }
    let c = nextShare(k, step.rate * r)
    let beta = step(beta)
    for i in y.indices {
      var u = g[i]
      if let secondMoment {
        let beta2 = step(secondMoment.beta2)
        v[i] = flushed(Scalar(beta2) * v[i] + Scalar(1 - beta2) * (g[i] * g[i]))
        let correction = Scalar(1 / (1 - pow(beta2, k)).squareRoot())
        if isDivided { u = g[i] / (correction * v[i].squareRoot() + Scalar(step(secondMoment.epsilon))) }
      }
      z[i] = flushed(z[i] - step.rates[i] * Scalar(r) * (u + Scalar(step.decoupledDecay) * y[i]))
      x[i] = flushed(Scalar(1 - c) * x[i] + Scalar(c) * z[i])
      y[i] = Scalar(1 - beta) * z[i] + Scalar(beta) * x[i]
    }
  }
}
