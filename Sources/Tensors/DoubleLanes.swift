public import CKernels

/// Eight lanes of `Double`.
@frozen public struct DoubleLanes: Lanes {
  /// The lanes.
  public var lanes: SIMD8<Double>

  /// A register with these lanes.
  @inlinable @inline(__always) public init(lanes: SIMD8<Double>) { self.lanes = lanes }

  /// The same value in every lane, rounded to `Double`.
  @inlinable @inline(__always) public init(_ value: Double) { lanes = SIMD8(repeating: Double(value)) }

  /// The lane-wise sum.
  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes + b.lanes) }
  /// The lane-wise difference.
  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes - b.lanes) }
  /// The lane-wise product.
  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(lanes: a.lanes * b.lanes) }
  /// The lane-wise quotient.
  @inlinable @inline(__always) public static func / (a: Self, b: Self) -> Self { Self(lanes: a.lanes / b.lanes) }
  /// Every lane with its sign changed.
  @inlinable @inline(__always) public static prefix func - (a: Self) -> Self { Self(lanes: -a.lanes) }

  /// The square root of every lane, correctly rounded.
  @inlinable @inline(__always) public static func squareRoot(_ a: Self) -> Self {
    Self(lanes: descent_square_root_f64(a.lanes))
  }
  /// The absolute value of every lane.
  @inlinable @inline(__always) public static func magnitude(_ a: Self) -> Self {
    Self(lanes: descent_magnitude_f64(a.lanes))
  }
  /// The smaller of two lanes; `a` where they are not ordered.
  @inlinable @inline(__always) public static func minimum(_ a: Self, _ b: Self) -> Self {
    Self(lanes: descent_minimum_f64(a.lanes, b.lanes))
  }
  /// The larger of two lanes; `a` where they are not ordered.
  @inlinable @inline(__always) public static func maximum(_ a: Self, _ b: Self) -> Self {
    Self(lanes: descent_maximum_f64(a.lanes, b.lanes))
  }
  /// -1, 0 or 1 by the sign of every lane; 0 for a NaN.
  @inlinable @inline(__always) public static func sign(_ a: Self) -> Self { Self(lanes: descent_sign_f64(a.lanes)) }
  /// `yes` in the lanes where `a < b`, else `no`.
  @inlinable @inline(__always)
  public static func select(where a: Self, isLessThan b: Self, _ yes: Self, else no: Self) -> Self {
    Self(lanes: descent_select_less_f64(a.lanes, b.lanes, yes.lanes, no.lanes))
  }

  /// Eight consecutive elements, at any alignment.
  @inlinable @inline(__always) public init(loading pointer: UnsafePointer<Double>) {
    lanes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
  }
  /// Writes eight consecutive elements, at any alignment.
  @inlinable @inline(__always) public func store(to pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Double>.self)
  }
  /// The bits that are set in either of two lanes.
  @inlinable @inline(__always) public static func joiningBits(_ a: Self, _ b: Self) -> Self {
    Self(lanes: descent_join_bits_f64(a.lanes, b.lanes))
  }
  /// Whether sums of eight squares lost nothing to the ends of the range of `Double`.
  @inlinable @inline(__always) public static func keepsSquares(_ squares: Self, of differences: Self) -> Bool {
    descent_keeps_squares_f64(squares.lanes, differences.lanes)
  }
  /// `total + a` lane by lane in double precision.
  @inlinable @inline(__always)
  public static func adding(_ total: SIMD8<Double>, _ a: Self) -> SIMD8<Double> {
    descent_add_widened_f64(total, a.lanes)
  }
  /// `total + (a - b)²` lane by lane in double precision.
  @inlinable @inline(__always)
  public static func addingSquaredDifference(_ total: SIMD8<Double>, _ a: Self, _ b: Self) -> SIMD8<Double> {
    descent_add_squared_difference_f64(total, a.lanes, b.lanes)
  }
  /// `total + a · b` lane by lane in double precision.
  @inlinable @inline(__always)
  public static func addingProduct(_ total: SIMD8<Double>, _ a: Self, _ b: Self) -> SIMD8<Double> {
    descent_add_product_f64(total, a.lanes, b.lanes)
  }
}
