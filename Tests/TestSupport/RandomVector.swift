// Vectors to try things on.

/// Elements uniform in the range.
@inlinable package func uniformVector<Scalar: BinaryFloatingPoint, Generator: RandomNumberGenerator>(
  count: Int, in range: ClosedRange<Double> = -1...1, using generator: inout Generator
) -> [Scalar] {
  let width = range.upperBound - range.lowerBound
  return (0..<count).map { _ in Scalar(range.lowerBound + width * (significand(generator.next()) - 1)) }
}

/// Elements of either sign whose magnitudes are spread evenly over powers of two: significands uniform in [1, 2),
/// exponents uniform in the range. Exponents below the normal ones give subnormal numbers, or zeros.
@inlinable package func wideVector<Scalar: BinaryFloatingPoint, Generator: RandomNumberGenerator>(
  count: Int, exponents: ClosedRange<Int>, using generator: inout Generator
) -> [Scalar] {
  let powers = exponents.map { Double(sign: .plus, exponent: $0, significand: 1) }
  return (0..<count).map { _ in
    let bits = generator.next()
    let power = powers[Int(truncatingIfNeeded: generator.next() % UInt64(powers.count))]
    return Scalar((bits & 1 == 0 ? power : -power) * significand(bits))
  }
}

/// A number in [1, 2) with the upper bits of a word as its digits.
@inlinable func significand(_ bits: UInt64) -> Double { Double(bitPattern: 0x3FF << 52 | bits >> 12) }

extension BinaryFloatingPoint {
  /// The exponents of all numbers of this type, subnormal ones included: -1074...1023 for `Double`.
  ///
  /// Numbers of the last exponent that round up are infinite in a narrower type: stop one short for `Float`.
  package static var allExponents: ClosedRange<Int> {
    Int(leastNonzeroMagnitude.exponent)...Int(greatestFiniteMagnitude.exponent)
  }
}
