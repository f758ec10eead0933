internal import CKernels

extension Float: TensorScalar {
  /// Eight lanes of `Float`.
  public typealias Register = FloatLanes

  /// `f4`.
  public static var typeCode: String { "f4" }

  /// The largest `Float` whose square is finite.
  public static var largestSquarable: Double { 0x1.fffffep63 }

  /// A quarter of the spacing at `greatestFiniteMagnitude`.
  public static var harmlessUpdate: Double { 0x1p102 }

  /// The kernels of `Float` for an instruction set.
  public static func statistics(for instructionSet: InstructionSet) -> TileStatistics<Float> {
    let set = InstructionSet.available.contains(instructionSet) ? instructionSet : .best
    let kernels = descent_kernels_for_f32(set.code)!.pointee
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
