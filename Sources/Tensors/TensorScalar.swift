/// A number that tensors hold: `Float` or `Double`.
///
/// The conformances are concrete, a file each, because generic code that crosses a module boundary unspecialised
/// costs a hundred nanoseconds an element. No other type can conform.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  /// The register type in which update rules are written.
  associatedtype Register: Lanes where Register.Scalar == Self

  /// The name of the type in files: `f4` or `f8`, as in NumPy.
  static var typeCode: String { get }

  /// The statistics of one tile, for an instruction set.
  static func statistics(for instructionSet: InstructionSet) -> TileStatistics<Self>

  /// `sqrt` of the largest number whose square is finite: a gradient beyond it cannot be squared.
  static var largestSquarable: Double { get }

  /// Half the spacing of numbers at the largest finite one: adding less to a finite number cannot overflow.
  static var harmlessUpdate: Double { get }
}

/// The sums and maxima that a step takes of one tile, in this scalar type and one instruction set.
///
/// Sums are taken in `Double` with fixed lanes and a fixed tree, so that they do not depend on the instruction set.
public struct TileStatistics<Scalar: TensorScalar>: Sendable {
  /// Σ x².
  package let sumOfSquares: @Sendable (UnsafePointer<Scalar>, Int) -> Double
  /// Σ (clamp(x, ±bound) · scale)².
  package let scaledSumOfSquares: @Sendable (UnsafePointer<Scalar>, Int, _ scale: Double, _ bound: Scalar) -> Double
  /// Σ |clamp(x, ±bound) · scale|.
  package let scaledSumOfMagnitudes: @Sendable (UnsafePointer<Scalar>, Int, _ scale: Double, _ bound: Scalar) -> Double
  /// max |x|, where NaN counts as larger than infinity.
  package let largestMagnitude: @Sendable (UnsafePointer<Scalar>, Int) -> Scalar
  /// Σ (a - a₀) scaleA · (b - b₀) scaleB, where no a₀ or b₀ stands for zeros.
  package let innerProduct:
    @Sendable (
      _ a: UnsafePointer<Scalar>, _ a0: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>,
      _ b0: UnsafePointer<Scalar>?, Int, _ scaleA: Double, _ scaleB: Double
    ) -> Double
}
