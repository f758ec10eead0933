internal import CKernels

extension Double: TensorScalar {
  /// Eight lanes of `Double`.
  public typealias Register = DoubleLanes

  /// `f8`.
  public static var typeCode: String { "f8" }

  /// The largest `Double` whose square is finite.
  public static var largestSquarable: Double { 0x1.fffffffffffffp511 }

  /// A quarter of the spacing at `greatestFiniteMagnitude`.
  public static var harmlessUpdate: Double { 0x1p969 }

  /// The kernels of `Double` for an instruction set.
  public static func statistics(for instructionSet: InstructionSet) -> TileStatistics<Double> {
    let set = InstructionSet.available.contains(instructionSet) ? instructionSet : .best
    let kernels = descent_kernels_for_f64(set.code)!.pointee
    let (squares, scaledSquares) = (kernels.sum_of_squares!, kernels.scaled_sum_of_squares!)
    let (magnitudes, largest) = (kernels.scaled_sum_of_magnitudes!, kernels.largest_magnitude!)
    let product = kernels.inner_product!
    return TileStatistics(
      sumOfSquares: { squares($0, $1) },
      scaledSumOfSquares: { scaledSquares($0, $1, $2, $3) },
      scaledSumOfMagnitudes: { magnitudes($0, $1, $2, $3) },
      largestMagnitude: { largest($0, $1) },
      innerProduct: { product($0, $1, $2, $3, $4, $5, $6) })
  }
}
