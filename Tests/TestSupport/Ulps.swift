// Distances between floating-point numbers, and errors of whole vectors.

/// The number of representable steps between two numbers of the same type: 0 if they are equal, 1 for neighbours.
///
/// Counts across zero, with +0 and -0 the same number. Two NaNs are 0 apart; a NaN and a number, `UInt64.max`.
package func ulps(between a: Double, _ b: Double) -> UInt64 {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  return distance(position(a.bitPattern, signBit: 1 << 63), position(b.bitPattern, signBit: 1 << 63))
}

/// The number of representable steps between two numbers of the same type: 0 if they are equal, 1 for neighbours.
///
/// Counts across zero, with +0 and -0 the same number. Two NaNs are 0 apart; a NaN and a number, `UInt64.max`.
package func ulps(between a: Float, _ b: Float) -> UInt64 {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  return distance(
    position(UInt64(a.bitPattern), signBit: 1 << 31), position(UInt64(b.bitPattern), signBit: 1 << 31))
}

/// A number's place among all of its type, 0 for zero.
private func position(_ bits: UInt64, signBit: UInt64) -> Int64 {
  let magnitude = Int64(bits & (signBit - 1))
  return bits & signBit == 0 ? magnitude : -magnitude
}

private func distance(_ a: Int64, _ b: Int64) -> UInt64 {
  a > b ? UInt64(bitPattern: a &- b) : UInt64(bitPattern: b &- a)
}

/// max|got - expected| / max|expected| over a tensor, absolute where all that is expected is 0: the error measure of
/// the stored trajectories. Infinite where the lengths differ or a number that is expected to be finite is not.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
package func relativeError<Scalar: BinaryFloatingPoint>(_ got: [Scalar], expected: [Double]) -> Double {
  if got.count != expected.count { return .infinity }
  var largestError = 0.0
  var largest = 0.0
  for (got, expected) in zip(got, expected) {
    let error = abs(Double(got) - expected)
    if error.isNaN { return .infinity }
    largestError = max(largestError, error)
    largest = max(largest, abs(expected))
  }
  return largest == 0 ? largestError : largestError / largest
}
