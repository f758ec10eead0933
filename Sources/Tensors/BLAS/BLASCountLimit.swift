internal import CBLAS

/// The largest count that one BLAS or LAPACK call is given.
///
/// CBLAS counts with 32-bit integers in the builds that distributions ship. This file is the only place where an `Int`
/// becomes such a count, so no other line of the package can truncate one: a vector that is longer goes through in
/// parts (``forEachPart(of:_:)``), and a matrix that is wider or higher is refused, because its parts would not be one
/// routine call any more.
///
/// The limit is a value that travels with the call, never a global, so that a test can ask for 7 or 64 and see the
/// parts that nobody's memory is large enough to make with the real one.
package struct BLASCountLimit: Sendable, Equatable {
  package let value: Int

  /// What the C interface can count, 2147483647 elements with 32-bit integers.
  package static let cblas = BLASCountLimit(Int(clamping: blasint.max))

  /// - Precondition: `value` is at least 2 (a norm is combined from two) and no larger than a count of the C interface.
  package init(_ value: Int) {
    precondition(value >= 2 && blasint(exactly: value) != nil, "a BLAS count limit of \(value) is not usable")
    self.value = value
  }

  /// A count that is known to be within the limit.
  @inline(__always)
  func count(_ value: Int) -> blasint { blasint(value) }

  /// Where a longer vector is halved, a multiple of the limit; `nil` if `count` is within it.
  func middle(of count: Int) -> Int? {
    count <= value ? nil : (count / value + 1) / 2 * value
  }

  /// Calls `body` with the first index and the count of one part after the other, in ascending order.
  @inline(__always)
  func forEachPart(of count: Int, _ body: (_ first: Int, _ count: blasint) -> Void) {
    var first = 0
    while first < count {
      let length = min(value, count - first)
      body(first, blasint(length))
      first += length
    }
  }

  /// A matrix dimension or distance as BLAS counts it.
  @inline(__always)
  func dimension(_ value: Int, _ argument: StaticString, of routine: StaticString) throws(BLASError) -> blasint {
    if value < 0 { throw .negativeDimension(routine: "\(routine)", argument: "\(argument)", value: value) }
    if value > self.value {
      throw .dimensionTooLarge(routine: "\(routine)", argument: "\(argument)", value: value, limit: self.value)
    }
    return blasint(value)
  }

  /// A matrix dimension as LAPACK counts it, or `nil` outside of 0 through the limit.
  func lapackDimension(_ value: Int) -> blasint? {
    value >= 0 && value <= self.value ? blasint(value) : nil
  }
}
