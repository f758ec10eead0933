// Tests that are written once for `Double` and `Float`.

public import Descent

/// What a test does for one scalar type.
public protocol ScalarTest {
  /// The test for a scalar type.
  func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws
}

/// Runs a test for `Double` and for `Float`, with the type in the trace of each failure.
///
/// Inlined, so that the test is specialised for both: generic code is a hundred times slower.
@inlinable @inline(__always) public func forBothScalars(_ test: some ScalarTest) throws {
  try withLabel("scalar", "Double") { try test.run(Double.self) }
  try withLabel("scalar", "Float") { try test.run(Float.self) }
}

extension TensorScalar {
  /// Half the spacing of numbers at 1: the largest relative error of one rounding.
  public static var unitRoundoff: Double { Double(Self.ulpOfOne) / 2 }
}
