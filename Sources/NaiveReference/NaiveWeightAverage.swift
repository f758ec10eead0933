// Weights that follow those of an optimizer.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// a + share (x - a), as `a + (share x - share a)` or, from a share of 1/2 on, from the other end: so that no difference
/// overflows, and equal numbers stay as they are.
@inline(__always)
private func moved<Scalar: BinaryFloatingPoint>(_ a: Scalar, towards x: Scalar, by share: Double) -> Scalar {
  if share <= 0.5 { return a + (Scalar(share) * x - Scalar(share) * a) }
  return x + (Scalar(1 - share) * a - Scalar(1 - share) * x)
}

/// A running average of vectors x_1, x_2, ...: a = a + w_n (x_n - a), w_1 = 1.
public struct NaiveWeightAverage<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// What the shares w_n are.
  public enum Kind: Sendable {
    /// (1 - d) / (1 - d^n): the debiased exponential average (Polyak and Juditsky 1992; Kingma and Ba 2015).
    case exponential(decay: Double)
    /// 1 - min(d, (1 + m) / (10 + m)) with m = n - 1: a decay that grows.
    case warmedUp(decay: Double)
    /// 1 / n: the mean (Izmailov et al. 2018).
    case equal
  }

  private let kind: Kind
  private var n = 0.0
  /// The average; empty before the first update.
  public private(set) var average: [Scalar] = []

  /// An average of nothing.
  public init(_ kind: Kind) { self.kind = kind }

  /// Takes a vector into the average.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func update(with x: [Scalar]) {
    n = n + 1
    if n == 1 {
      average = x
      return
    }
    let share: Double
    switch kind {
    // d^n by way of log1p: 1 - d is exact for a d near 1, and 1 - d^n keeps its digits.
    case .exponential(let decay): share = (1 - decay) / -expm1(n * log1p(decay - 1))
    case .warmedUp(let decay): share = 1 - min(decay, (1 + (n - 1)) / (10 + (n - 1)))
    case .equal: share = 1 / n
    }
    for i in x.indices { average[i] = moved(average[i], towards: x[i], by: share) }
  }
}

/// Lookahead (Zhang et al. 2019) on one vector: after every K-th step slow = slow + alpha (x - slow), x = slow.
public struct NaiveLookahead<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  private let interval: Int
  private let alpha: Double
  private var steps = 0
  /// The slow weights.
  public private(set) var slow: [Scalar]

  /// Slow weights that begin at x.
  public init(from x: [Scalar], interval: Int = 5, slowStepSize: Double = 0.5) {
    (slow, self.interval, alpha) = (x, interval, slowStepSize)
  }

  /// To be called after each step.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func follow(_ x: inout [Scalar]) {
    steps += 1
    if steps % interval != 0 { return }
    for i in x.indices {
      slow[i] = moved(slow[i], towards: x[i], by: alpha)
      x[i] = slow[i]
    }
  }
}
