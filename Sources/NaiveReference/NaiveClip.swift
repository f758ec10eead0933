// Clipping: by value, and by a norm over whichever tensors share a limit.

/// Clipping of gradients as plain loops.
///
/// Numbers that hold for all elements (the bound, the factor) are computed in `Double` and rounded once to `Scalar`,
/// then each element takes one operation in `Scalar`. No epsilon stands in any denominator: torch divides by
/// norm + 1e-6 instead, optax as here.
public enum NaiveClip {
  /// Every element moved into [-bound, bound].
  public static func byValue<Scalar: BinaryFloatingPoint>(_ gradient: [Scalar], bound: Double) -> [Scalar] {
    let bound = Scalar(bound)
    var clipped = gradient
    for i in clipped.indices {
      if clipped[i] > bound { clipped[i] = bound }
      if clipped[i] < -bound { clipped[i] = -bound }
    }
    return clipped
  }

  /// What every element is multiplied with so that the norm is at most the limit: 1 if it is already, else limit/norm.
  ///
  /// The quotient is formed as (limit / mantissa) * 2^-exponent, so a norm that overflows is as good as any other.
  public static func factor(norm: NaiveNorm, limit: Double) -> Double {
    if norm.value <= limit { return 1 }
    return Double(sign: .plus, exponent: -norm.exponent, significand: limit / norm.mantissa)
  }

  /// The gradient scaled down so that its norm, given, is at most the limit.
  ///
  /// Where the factor is a normal number of `Scalar`, each element is multiplied by it. Where it is too small for
  /// that (or vanishes), it would carry fewer digits than a number should; the element is then scaled in two exact
  /// steps by the power of two and multiplied by limit / mantissa last.
  public static func byNorm<Scalar: BinaryFloatingPoint>(
    _ gradient: [Scalar], norm: NaiveNorm, limit: Double
  ) -> [Scalar] {
    if norm.value <= limit { return gradient }
    let factor = Scalar(factor(norm: norm, limit: limit))
    var clipped = gradient
    for i in clipped.indices {
      if factor >= Scalar.leastNormalMagnitude {
        clipped[i] = clipped[i] * factor
      } else {
        let scaled = Double(sign: .plus, exponent: -norm.exponent, significand: Double(clipped[i]))
        clipped[i] = Scalar(scaled * (limit / norm.mantissa))
      }
    }
    return clipped
  }

  /// Clipping by one norm over all tensors.
  public static func byGlobalNorm<Scalar: BinaryFloatingPoint>(
    _ gradients: [[Scalar]], limit: Double, order: Double = 2
  ) -> [[Scalar]] {
    let norm = NaiveNorm.of(gradients.joined(), order: order)
    return gradients.map { byNorm($0, norm: norm, limit: limit) }
  }

  /// Clipping of every tensor by its own norm.
  public static func byTensorNorm<Scalar: BinaryFloatingPoint>(
    _ gradients: [[Scalar]], limit: Double, order: Double = 2
  ) -> [[Scalar]] {
    gradients.map { byNorm($0, norm: NaiveNorm.of($0, order: order), limit: limit) }
  }

  /// Clipping by one norm for each group; `groups[k]` is the group of tensor k.
  public static func byGroupNorm<Scalar: BinaryFloatingPoint>(
    _ gradients: [[Scalar]], groups: [Int], limit: Double, order: Double = 2
  ) -> [[Scalar]] {
    gradients.indices.map { k in
      let members = gradients.indices.filter { groups[$0] == groups[k] }.map { gradients[$0] }
      return byNorm(gradients[k], norm: NaiveNorm.of(members.joined(), order: order), limit: limit)
    }
  }
}
