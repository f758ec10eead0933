#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An inner product as `mantissa · 2^exponent`, which neither overflows nor underflows.
package struct ScaledProduct: BitwiseCopyable, Sendable, Hashable {
  package var mantissa: Double
  package var exponent: Int

  package init(mantissa: Double, exponent: Int = 0) { (self.mantissa, self.exponent) = (mantissa, exponent) }

  /// Whether every element was finite, and every difference of two.
  package var isFinite: Bool { mantissa.isFinite }

  /// The product as a number; infinite or zero where it is out of range.
  package var value: Double { exponent == 0 ? mantissa : scalbn(mantissa, Int32(clamping: exponent)) }

  /// The quotient of two products, rounded once where it is in range.
  package static func / (a: ScaledProduct, b: ScaledProduct) -> Double {
    guard a.mantissa != 0, b.mantissa != 0 else { return a.mantissa / b.mantissa }
    let shift = Int(a.mantissa.exponent) - Int(b.mantissa.exponent)
    let quotient = scalbn(a.mantissa, -Int32(a.mantissa.exponent)) / scalbn(b.mantissa, -Int32(b.mantissa.exponent))
    return ScaledProduct(mantissa: quotient, exponent: a.exponent - b.exponent + shift).value
  }

  /// √ of a product that is not negative, such as one of a vector with itself.
  package var squareRoot: ScaledNorm {
    exponent % 2 == 0
      ? ScaledNorm(mantissa: mantissa.squareRoot(), exponent: exponent / 2)
      : ScaledNorm(mantissa: (2 * mantissa).squareRoot(), exponent: (exponent - 1) / 2)
  }
}
