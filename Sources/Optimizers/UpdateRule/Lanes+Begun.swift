internal import Tensors

extension Lanes {
  /// An array that a rule keeps where it has begun, and `x` where it has not: it is infinite until the tensor moves for the
  /// first time, which may be late.
  @inline(__always)
  static func begun(_ kept: Self, at x: Self) -> Self {
    select(where: magnitude(kept), isLessThan: Self(.infinity), kept, else: x)
  }
}
