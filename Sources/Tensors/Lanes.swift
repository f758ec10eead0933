/// One register of elements: the closed vocabulary in which update rules are written.
///
/// The operations are `+ - * /` and the static functions below. There are no masks and no closures, because those
/// compile to a scalar operation per lane. Each operation rounds once, as IEEE 754 says; nothing is fused.
public protocol Lanes: BitwiseCopyable, Sendable {
  /// The type of one lane.
  associatedtype Scalar: TensorScalar

  /// The same value in every lane, rounded to the scalar type.
  init(_ value: Double)

  /// The lane-wise sum.
  static func + (a: Self, b: Self) -> Self
  /// The lane-wise difference.
  static func - (a: Self, b: Self) -> Self
  /// The lane-wise product.
  static func * (a: Self, b: Self) -> Self
  /// The lane-wise quotient.
  static func / (a: Self, b: Self) -> Self
  /// Every lane with its sign changed.
  static prefix func - (a: Self) -> Self

  /// The square root of every lane, correctly rounded.
  static func squareRoot(_ a: Self) -> Self
  /// The absolute value of every lane.
  static func magnitude(_ a: Self) -> Self
  /// The smaller of two lanes; `a` where they are not ordered.
  static func minimum(_ a: Self, _ b: Self) -> Self
  /// The larger of two lanes; `a` where they are not ordered.
  static func maximum(_ a: Self, _ b: Self) -> Self
  /// -1, 0 or 1 by the sign of every lane; 0 for a NaN.
  static func sign(_ a: Self) -> Self
  /// `yes` in the lanes where `a < b`, else `no`.
  static func select(where a: Self, isLessThan b: Self, _ yes: Self, else no: Self) -> Self

  /// Eight consecutive elements, at any alignment.
  init(loading pointer: UnsafePointer<Scalar>)
  /// Writes eight consecutive elements, at any alignment.
  func store(to pointer: UnsafeMutablePointer<Scalar>)
  /// The bits that are set in either of two lanes: all are zero where both are.
  static func joiningBits(_ a: Self, _ b: Self) -> Self
  /// Whether sums of eight squares lost nothing to the ends of the range of the scalar type, where the squares are of
  /// differences whose bits are joined.
  static func keepsSquares(_ squares: Self, of differences: Self) -> Bool
  /// `total + a` lane by lane in double precision.
  static func adding(_ total: SIMD8<Double>, _ a: Self) -> SIMD8<Double>
  /// `total + (a - b)²` lane by lane in double precision.
  static func addingSquaredDifference(_ total: SIMD8<Double>, _ a: Self, _ b: Self) -> SIMD8<Double>
  /// `total + a · b` lane by lane in double precision.
  static func addingProduct(_ total: SIMD8<Double>, _ a: Self, _ b: Self) -> SIMD8<Double>
}

extension Lanes {
  /// The number of elements in a register.
  @inlinable public static var count: Int { 8 }

  /// Adds in place.
  @inlinable @inline(__always) public static func += (a: inout Self, b: Self) { a = a + b }
  /// Subtracts in place.
  @inlinable @inline(__always) public static func -= (a: inout Self, b: Self) { a = a - b }
  /// Multiplies in place.
  @inlinable @inline(__always) public static func *= (a: inout Self, b: Self) { a = a * b }
  /// Divides in place.
  @inlinable @inline(__always) public static func /= (a: inout Self, b: Self) { a = a / b }

  /// Zero where the magnitude is below the least normal number: subnormal state would slow every later step.
  @inlinable @inline(__always) public static func flushed(_ a: Self) -> Self {
    select(
      where: magnitude(a), isLessThan: Self(Double(Scalar.leastNormalMagnitude)), Self(0), else: a)
  }
}
