// AdamW that finds its own learning rate by D-Adaptation.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// D-Adaptation for AdamW (Defazio and Mishchenko 2023) on one vector, with q = sqrt(beta2) and, at step k from 1,
/// lambda = d * rate * sqrt(1 - beta2^k) / (1 - beta1^k):
///
///     r = q r + (1 - q) lambda <g, s / (sqrt(v) + eps)>     with the s and v of before
///     m = beta1 m + (1 - beta1) lambda g
///     v = beta2 v + (1 - beta2) g^2
///     s = q s + (1 - q) lambda g
///     d = max(d, r / ((1 - q) |s|_1))                       if |s|_1 is not 0
///     x = (1 - lambda w) x - m / (sqrt(v) + eps)
public struct NaiveDAdaptation: Sendable {
  /// beta1.
  public var beta1 = 0.9
  /// beta2.
  public var beta2 = 0.999
  /// eps.
  public var epsilon = 1e-8
  /// d0.
  public var initialDistance = 1e-6
  /// w.
  public var decoupledDecay = 0.0
  /// d.
  public private(set) var distance: Double?
  private var r = 0.0
  private var k = 0.0
  private var (m, v, s): ([Double], [Double], [Double]) = ([], [], [])

  /// A rule that has made no step.
  public init() {}

  /// One step.
  public mutating func step(_ x: inout [Double], gradient g: [Double], rate: Double) {
    if k == 0 { (m, v, s) = (x.map { _ in 0 }, x.map { _ in 0 }, x.map { _ in 0 }) }
    k = k + 1
    let q = beta2.squareRoot()
    let d = distance ?? initialDistance
    let lambda = d * rate * (1 - pow(beta2, k)).squareRoot() / (1 - pow(beta1, k))
    var (product, norm) = (0.0, 0.0)
    for i in x.indices {
      product = product + g[i] * s[i] / (v[i].squareRoot() + epsilon)
      m[i] = beta1 * m[i] + (1 - beta1) * lambda * g[i]
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i]
      s[i] = q * s[i] + (1 - q) * lambda * g[i]
      norm = norm + abs(s[i])
    }
    distance = d
    if norm > 0, rate > 0 {
      r = q * r + (1 - q) * lambda * product
      distance = max(d, r / ((1 - q) * norm))
    }
    for i in x.indices {
      x[i] = (1 - lambda * decoupledDecay) * x[i] - m[i] / (v[i].squareRoot() + epsilon)
    }
  }
}
