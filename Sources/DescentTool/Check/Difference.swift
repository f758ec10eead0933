package import Descent
internal import Foundation

/// The number of representable steps between two numbers; 0 for +0 and -0, infinite for a NaN and a number.
///
/// A `Double`, exact up to 2^53: beyond that nobody counts.
package func ulps<Scalar: TensorScalar>(between a: Scalar, _ b: Scalar) -> Double {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .infinity }
  let (first, second) = (place(a), place(b))
  return Double(UInt64(bitPattern: first > second ? first &- second : second &- first))
}

/// A number's place among all of its type, 0 for zero.
private func place<Scalar: TensorScalar>(_ x: Scalar) -> Int64 {
  let bits: Int64
  if let x = x as? Float {
    bits = Int64(x.magnitude.bitPattern)
  } else {
    bits = Int64(Double(x).magnitude.bitPattern)
  }
  return x.sign == .minus ? -bits : bits
}

/// Whether two arrays are the same, byte by byte: a zero's sign and a NaN's payload count.
package func haveSameBits<Scalar: TensorScalar>(_ a: [Scalar], _ b: [Scalar]) -> Bool {
  a.count == b.count
    && a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return true }
        return memcmp(first, second, a.count) == 0
      }
    }
}

extension TensorScalar {
  /// The unit roundoff, half of the spacing at 1: 2^-53 or 2^-24.
  static var roundingUnit: Double { Double(ulpOfOne) / 2 }
}

/// The 2-norm of what parameters moved by, and how far from it the norm of the update may be: a parameter's own
/// rounding is part of what it moved by, and sums round. Of samples, so far from overflow.
func naiveUpdateNorm<Scalar: TensorScalar>(
  from before: [[Scalar]], to after: [[Scalar]]
) -> (norm: Double, error: Double) {
  var (moves, parameters, count) = (0.0, 0.0, 0)
  for (before, after) in zip(before, after) {
    for i in before.indices {
      let (old, new) = (Double(before[i]), Double(after[i]))
      moves += (new - old) * (new - old)
      parameters += new * new
    }
    count += before.count
  }
  let norm = moves.squareRoot()
  let error = 4 * Scalar.roundingUnit * (norm + parameters.squareRoot())
  return (norm, error + Double(count) * Double.roundingUnit * norm)
}
