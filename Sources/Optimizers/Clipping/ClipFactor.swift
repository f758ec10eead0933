internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// min(1, limit / norm) as two factors, so that it is right where the quotient itself is out of range.
struct ClipFactor {
  /// Applied first: a power of two, and 1 unless the whole factor would not be a normal number.
  var prescale = 1.0
  var scale = 1.0

  /// The factor as one number, for the report; 0 where it is below the least number.
  var value: Double { prescale * scale }

  /// - Parameter leastExponent: Of the least normal number of the scalar type.
  init(limit: Double, norm: ScaledNorm, leastExponent: Int) {
    guard norm.exceeds(limit) else { return }
    guard limit > 0 else {
      scale = 0
      return
    }
    let quotient = limit.significand / norm.mantissa.significand
    let exponent = Int(limit.exponent) - norm.exponent - Int(norm.mantissa.exponent) + Int(quotient.exponent)
    guard exponent < leastExponent else {
      scale = scalbn(quotient.significand, Int32(exponent))
      return
    }
    // The power of two comes first: it leaves a gradient this large a normal number, so that only the second factor rounds.
    prescale = scalbn(1, Int32(clamping: exponent - leastExponent))
    scale = scalbn(quotient.significand, Int32(leastExponent))
  }

  init() {}
}
