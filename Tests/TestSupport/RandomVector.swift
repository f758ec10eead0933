// Vectors to try things on.

/// Elements uniform in the range.
public func uniformVector<Scalar: BinaryFloatingPoint, Generator: RandomNumberGenerator>(
  count: Int, in range: ClosedRange<Double> = -1...1, using generator: inout Generator
) -> [Scalar] {
  (0..<count).map { _ in Scalar(Double.random(in: range, using: &generator)) }
}

/// Elements of either sign whose magnitudes are spread evenly over powers of two: significands uniform in [1, 2),
/// exponents uniform in the range. Exponents below the normal ones give subnormal numbers, or zeros.
public func wideVector<Scalar: BinaryFloatingPoint, Generator: RandomNumberGenerator>(
  count: Int, exponents: ClosedRange<Int>, using generator: inout Generator
) -> [Scalar] {
  (0..<count).map { _ in
    let significand = Double.random(in: 1..<2, using: &generator)
    let signed = Bool.random(using: &generator) ? significand : -significand
    let exponent = Int.random(in: exponents, using: &generator)
    return Scalar(Double(sign: .plus, exponent: exponent, significand: signed))
  }
}

extension BinaryFloatingPoint {
  /// The exponents of all numbers of this type, subnormal ones included: -1074...1023 for `Double`.
  ///
  /// Numbers of the last exponent that round up are infinite in a narrower type: stop one short for `Float`.
  public static var allExponents: ClosedRange<Int> {
    Int(leastNonzeroMagnitude.exponent)...Int(greatestFiniteMagnitude.exponent)
  }
}
