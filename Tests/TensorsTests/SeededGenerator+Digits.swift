import TestSupport

extension SeededGenerator {
  /// Whole numbers of -9 through 9: their sums of products are exact in either scalar type, in whatever order.
  mutating func digits<Scalar: BinaryFloatingPoint>(_ count: Int) -> [Scalar] {
    (0..<count).map { _ in Scalar(Int.random(in: -9...9, using: &self)) }
  }
}
