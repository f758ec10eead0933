// Adam that finds its own learning rate.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Prodigy (Mishchenko and Defazio 2024) on one vector, with d the distance estimate and, at step k from 1,
/// lambda = d * rate * (sqrt(1 - beta2^k) / (1 - beta1^k) or 1):
///
///     r = beta3 r + d / d0 * lambda * <g, x_0 - x>
///     s = beta3 s + d / d0 * lambda * g                  or d / d0 * d * g with the safeguard
///     m = beta1 m + (1 - beta1) d g
///     v = beta2 v + (1 - beta2) d^2 g^2
///     d_hat = coefficient * r / |s|_1                    nothing more if |s|_1 is 0
///     d = max(d, d_hat) while d is d0;  d_max = max(d_max, d_hat);  d = min(d_max, d * growth)
///     x = (1 - lambda w) x - lambda m / (sqrt(v) + d eps)
public struct NaiveProdigy: Sendable {
  /// beta1.
  public var beta1 = 0.9
  /// beta2.
  public var beta2 = 0.999
  /// eps.
  public var epsilon = 1e-8
  /// beta3; nil for sqrt(beta2).
  public var beta3: Double?
  /// d0.
  public var initialDistance = 1e-6
  /// What an estimate is multiplied by.
  public var coefficient = 1.0
  /// By how much d may grow in a step.
  public var growth = Double.infinity
  /// Whether Adam's bias is corrected.
  public var correctsBias = false
  /// Whether s is summed without the rate.
  public var safeguardsWarmup = false
  /// w.
  public var decoupledDecay = 0.0
  /// d.
  public private(set) var distance: Double?
  private var largest = 0.0
  private var r = 0.0
  private var k = 0.0
  private var (m, v, s, origin): ([Double], [Double], [Double], [Double]) = ([], [], [], [])

  /// A rule that has made no step.
  public init() {}

  /// One step.
  public mutating func step(_ x: inout [Double], gradient g: [Double], rate: Double) {
    let q = beta3 ?? beta2.squareRoot()
    if k == 0 {
      (m, v, s) = (x.map { _ in 0 }, x.map { _ in 0 }, x.map { _ in 0 })
      origin = x
      largest = initialDistance
    }
    k = k + 1
    var d = distance ?? initialDistance
    let bias = correctsBias ? (1 - pow(beta2, k)).squareRoot() / (1 - pow(beta1, k)) : 1
    let lambda = d * rate * bias
    var (product, norm) = (0.0, 0.0)
    for i in x.indices {
      product = product + g[i] * (origin[i] - x[i])
      s[i] = q * s[i] + d / initialDistance * (safeguardsWarmup ? d : lambda) * g[i]
      m[i] = beta1 * m[i] + (1 - beta1) * d * g[i]
      v[i] = beta2 * v[i] + (1 - beta2) * d * d * g[i] * g[i]
      norm = norm + abs(s[i])
    }
    if norm > 0, rate > 0 {
      r = q * r + d / initialDistance * lambda * product
      let estimate = coefficient * r / norm
      if d == initialDistance { d = max(d, estimate) }
      largest = max(largest, estimate)
      d = min(largest, d * growth)
    }
    distance = d
    for i in x.indices {
      x[i] = (1 - lambda * decoupledDecay) * x[i] - lambda * m[i] / (v[i].squareRoot() + d * epsilon)
    }
  }
}
