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

  /// Clipping of every unit of a matrix by its norm relative to its weights' (Brock et al. 2021): with the norms G and W of
  /// the unit, g = g * ratio * max(W, floor) / G where that is smaller than g.
  ///
  /// A unit is a row of `columns` elements, or a column if `byColumn`.
  public static func adaptive<Scalar: BinaryFloatingPoint>(
    _ gradient: [Scalar], weights: [Scalar], columns: Int, byColumn: Bool, ratio: Double, floor: Double
  ) -> [Scalar] {
    var clipped = gradient
    let rows = columns == 0 ? 0 : gradient.count / columns
    for unit in 0..<(byColumn ? columns : rows) {
      let places = (0..<(byColumn ? rows : columns)).map { byColumn ? $0 * columns + unit : unit * columns + $0 }
      let norm = NaiveNorm.two(places.map { gradient[$0] })
      let weight = max(NaiveNorm.two(places.map { weights[$0] }).value, floor)
      for (place, value) in zip(places, byNorm(places.map { gradient[$0] }, norm: norm, limit: ratio * weight)) {
        clipped[place] = value
      }
    }
    return clipped
  }
}
