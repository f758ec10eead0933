extension LAPACK {
  // MARK: - Double

  /// The X that minimises the Euclidean norm of each column of A X - B, by a QR factorisation without pivoting.
  ///
  /// The normal equations would square the condition number; this does not.
  /// - Shapes: `matrix` is m by n with m >= n. `rightHandSides` is a vector of m elements, which gives one of n, or m by
  ///   k, which gives n by k.
  /// - Throws: ``LAPACKError``, also for a column that is a combination of those before it as far as rounding can tell.
  /// - Cost: a copy of both arguments, and 2 n^2 (m - n / 3) operations. OpenBLAS may use its threads.
  public static func leastSquares(
    _ matrix: Tensor<Double>, _ rightHandSides: Tensor<Double>
  ) throws(LAPACKError) -> Tensor<Double> {
    let (rows, columns, count) = try dimensions("leastSquares", matrix.shape, rightHandSides.shape)
    let solution = try leastSquares(
      matrix.elements, rows: rows, columns: columns, rightHandSides.elements, count: count)
    return shaped(solution, [columns] + rightHandSides.shape.dropFirst())
  }

  /// The X with A X = B for a symmetric positive definite A, by a Cholesky factorisation.
  ///
  /// Only the lower triangle of A is read.
  /// - Shapes: `matrix` is n by n. `rightHandSides` and the result are a vector of n elements, or n by k.
  /// - Throws: ``LAPACKError``; ``LAPACKError/notPositiveDefinite(order:)`` names the first minor that is not positive.
  /// - Cost: a copy of both arguments, and n^3 / 3 operations. OpenBLAS may use its threads.
  public static func solvePositiveDefinite(
    _ matrix: Tensor<Double>, _ rightHandSides: Tensor<Double>
  ) throws(LAPACKError) -> Tensor<Double> {
    let (order, count) = try squareDimensions("solvePositiveDefinite", matrix.shape, rightHandSides.shape)
    let solution = try solvePositiveDefinite(matrix.elements, order: order, rightHandSides.elements, count: count)
    return shaped(solution, rightHandSides.shape)
  }

  // MARK: - Float

  /// The X that minimises the Euclidean norm of each column of A X - B, by a QR factorisation without pivoting.
  ///
  /// The normal equations would square the condition number; this does not.
  /// - Shapes: `matrix` is m by n with m >= n. `rightHandSides` is a vector of m elements, which gives one of n, or m by
  ///   k, which gives n by k.
  /// - Throws: ``LAPACKError``, also for a column that is a combination of those before it as far as rounding can tell.
  /// - Cost: a copy of both arguments, and 2 n^2 (m - n / 3) operations. OpenBLAS may use its threads.
  public static func leastSquares(
    _ matrix: Tensor<Float>, _ rightHandSides: Tensor<Float>
  ) throws(LAPACKError) -> Tensor<Float> {
    let (rows, columns, count) = try dimensions("leastSquares", matrix.shape, rightHandSides.shape)
    let solution = try leastSquares(
      matrix.elements, rows: rows, columns: columns, rightHandSides.elements, count: count)
    return shaped(solution, [columns] + rightHandSides.shape.dropFirst())
  }

  /// The X with A X = B for a symmetric positive definite A, by a Cholesky factorisation.
  ///
  /// Only the lower triangle of A is read.
  /// - Shapes: `matrix` is n by n. `rightHandSides` and the result are a vector of n elements, or n by k.
  /// - Throws: ``LAPACKError``; ``LAPACKError/notPositiveDefinite(order:)`` names the first minor that is not positive.
  /// - Cost: a copy of both arguments, and n^3 / 3 operations. OpenBLAS may use its threads.
  public static func solvePositiveDefinite(
    _ matrix: Tensor<Float>, _ rightHandSides: Tensor<Float>
  ) throws(LAPACKError) -> Tensor<Float> {
    let (order, count) = try squareDimensions("solvePositiveDefinite", matrix.shape, rightHandSides.shape)
    let solution = try solvePositiveDefinite(matrix.elements, order: order, rightHandSides.elements, count: count)
    return shaped(solution, rightHandSides.shape)
  }

  // MARK: - Shapes

  private static func dimensions(
    _ routine: String, _ matrix: [Int], _ rightHandSide: [Int]
  ) throws(LAPACKError) -> (rows: Int, columns: Int, count: Int) {
    guard matrix.count == 2, (1...2).contains(rightHandSide.count), matrix[0] == rightHandSide[0] else {
      throw .shapes(
        routine: routine, matrix: matrix, rightHandSide: rightHandSide,
        expected: "they are [m, n] and [m] or [m, k]")
    }
    return (matrix[0], matrix[1], rightHandSide.count == 1 ? 1 : rightHandSide[1])
  }

  private static func squareDimensions(
    _ routine: String, _ matrix: [Int], _ rightHandSide: [Int]
  ) throws(LAPACKError) -> (order: Int, count: Int) {
    let (rows, columns, count) = try dimensions(routine, matrix, rightHandSide)
    guard rows == columns else {
      throw .shapes(
        routine: routine, matrix: matrix, rightHandSide: rightHandSide,
        expected: "they are [n, n] and [n] or [n, k]")
    }
    return (rows, count)
  }

  /// The routines return as many elements as the shape has, so this cannot fail.
  private static func shaped<Scalar>(_ elements: [Scalar], _ shape: [Int]) -> Tensor<Scalar> {
    guard let tensor = try? Tensor(elements, shape: shape) else {
      preconditionFailure("\(elements.count) elements for the shape \(shape)")
    }
    return tensor
  }
}
