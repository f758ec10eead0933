internal import CBLAS

/// The LAPACK routines that Descent calls, typed and checked.
///
/// A matrix is stored row after row, as in all of Descent, and is copied into LAPACK's order once. Entries must be
/// finite: LAPACK gives no promise for others. OpenBLAS factorises with threads of its own, so bits may depend on their
/// number; nothing in a step or in an objective goes through here.
public enum LAPACK {
  // MARK: - Double

  /// The X that minimises the Euclidean norm of each column of A X - B, by a QR factorisation without pivoting.
  ///
  /// The normal equations would square the condition number; this does not.
  /// - Shapes: `matrix` is `rows` by `columns`, `rightHandSides` is `rows` by `count`, and the result is `columns` by
  ///   `count`; all row after row. `rows` must be `columns` or more.
  /// - Throws: ``LAPACKError``. A column counts as a combination of those before it when what is left of it after their
  ///   projection is below (columns + sqrt(rows)) 2^-52 of its own length, so the scale of a column
  ///   plays no part. Without pivoting, near dependence that builds up over many columns can stay unseen.
  /// - Cost: a copy of both arguments, and 2 columns^2 (rows - columns / 3) operations. OpenBLAS may use its threads.
  package static func leastSquares(
    _ matrix: [Double], rows: Int, columns: Int, _ rightHandSides: [Double], count: Int = 1,
    limit: BLASCountLimit = .cblas
  ) throws(LAPACKError) -> [Double] {
    let (m, n, k) = try checkedDimensions("leastSquares", rows: rows, columns: columns, count: count, limit)
    if rows < columns {
      throw .shapes(
        routine: "leastSquares", matrix: [rows, columns], rightHandSide: [rows, count],
        expected: "as many rows as columns, or more, are needed")
    }
    try check(matrix, "the matrix", rows: rows, columns: columns)
    try check(rightHandSides, "the right-hand side", rows: rows, columns: count)
    if columns == 0 || count == 0 { return [] }

    var factor = transposed(matrix, rows: rows, columns: columns)
    var solution = transposed(rightHandSides, rows: rows, columns: count)
    let status = LAPACKE_dgels(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "N")), m, n, k, &factor, m, &solution, m)
    // A positive status is a diagonal entry of R that is exactly zero, which the check of R's columns finds too.
    if status < 0 { throw failure("gels", status) }
    try checkRank(ofUpperTriangle: factor, rows: rows, columns: columns)
    return transposed(solution, rows: count, columns: rows, keeping: columns)
  }

  /// The X with A X = B for a symmetric positive definite A, by a Cholesky factorisation.
  ///
  /// Only the lower triangle of A is read (of an unsymmetric one it therefore takes half, without notice).
  /// - Shapes: `matrix` is `order` by `order`, `rightHandSides` and the result are `order` by `count`; all row after row.
  /// - Throws: ``LAPACKError``; ``LAPACKError/notPositiveDefinite(order:)`` names the first minor that is not positive.
  /// - Cost: a copy of both arguments, and order^3 / 3 operations. OpenBLAS may use its threads.
  package static func solvePositiveDefinite(
    _ matrix: [Double], order: Int, _ rightHandSides: [Double], count: Int = 1, limit: BLASCountLimit = .cblas
  ) throws(LAPACKError) -> [Double] {
    let (n, _, k) = try checkedDimensions("solvePositiveDefinite", rows: order, columns: order, count: count, limit)
    try check(matrix, "the matrix", rows: order, columns: order)
    try check(rightHandSides, "the right-hand side", rows: order, columns: count)
    if order == 0 || count == 0 { return [] }

    // A lower triangle stored by rows is the upper triangle of the same symmetric matrix stored by columns.
    var factor = matrix
    var solution = transposed(rightHandSides, rows: order, columns: count)
    let status = LAPACKE_dposv(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "U")), n, k, &factor, n, &solution, n)
    if status > 0 { throw .notPositiveDefinite(order: Int(status)) }
    if status < 0 { throw failure("posv", status) }
    return transposed(solution, rows: count, columns: order, keeping: order)
  }

  // MARK: - Float

  /// The X that minimises the Euclidean norm of each column of A X - B, by a QR factorisation without pivoting.
  ///
  /// The normal equations would square the condition number; this does not.
  /// - Shapes: `matrix` is `rows` by `columns`, `rightHandSides` is `rows` by `count`, and the result is `columns` by
  ///   `count`; all row after row. `rows` must be `columns` or more.
  /// - Throws: ``LAPACKError``. A column counts as a combination of those before it when what is left of it after their
  ///   projection is below (columns + sqrt(rows)) 2^-23 of its own length, so the scale of a column
  ///   plays no part. Without pivoting, near dependence that builds up over many columns can stay unseen.
  /// - Cost: a copy of both arguments, and 2 columns^2 (rows - columns / 3) operations. OpenBLAS may use its threads.
  package static func leastSquares(
    _ matrix: [Float], rows: Int, columns: Int, _ rightHandSides: [Float], count: Int = 1,
    limit: BLASCountLimit = .cblas
  ) throws(LAPACKError) -> [Float] {
    let (m, n, k) = try checkedDimensions("leastSquares", rows: rows, columns: columns, count: count, limit)
    if rows < columns {
      throw .shapes(
        routine: "leastSquares", matrix: [rows, columns], rightHandSide: [rows, count],
        expected: "as many rows as columns, or more, are needed")
    }
    try check(matrix, "the matrix", rows: rows, columns: columns)
    try check(rightHandSides, "the right-hand side", rows: rows, columns: count)
    if columns == 0 || count == 0 { return [] }

    var factor = transposed(matrix, rows: rows, columns: columns)
    var solution = transposed(rightHandSides, rows: rows, columns: count)
    let status = LAPACKE_sgels(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "N")), m, n, k, &factor, m, &solution, m)
    // A positive status is a diagonal entry of R that is exactly zero, which the check of R's columns finds too.
    if status < 0 { throw failure("gels", status) }
    try checkRank(ofUpperTriangle: factor, rows: rows, columns: columns)
    return transposed(solution, rows: count, columns: rows, keeping: columns)
  }

  /// The X with A X = B for a symmetric positive definite A, by a Cholesky factorisation.
  ///
  /// Only the lower triangle of A is read (of an unsymmetric one it therefore takes half, without notice).
  /// - Shapes: `matrix` is `order` by `order`, `rightHandSides` and the result are `order` by `count`; all row after row.
  /// - Throws: ``LAPACKError``; ``LAPACKError/notPositiveDefinite(order:)`` names the first minor that is not positive.
  /// - Cost: a copy of both arguments, and order^3 / 3 operations. OpenBLAS may use its threads.
  package static func solvePositiveDefinite(
    _ matrix: [Float], order: Int, _ rightHandSides: [Float], count: Int = 1, limit: BLASCountLimit = .cblas
  ) throws(LAPACKError) -> [Float] {
    let (n, _, k) = try checkedDimensions("solvePositiveDefinite", rows: order, columns: order, count: count, limit)
    try check(matrix, "the matrix", rows: order, columns: order)
    try check(rightHandSides, "the right-hand side", rows: order, columns: count)
    if order == 0 || count == 0 { return [] }

    // A lower triangle stored by rows is the upper triangle of the same symmetric matrix stored by columns.
    var factor = matrix
    var solution = transposed(rightHandSides, rows: order, columns: count)
    let status = LAPACKE_sposv(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "U")), n, k, &factor, n, &solution, n)
    if status > 0 { throw .notPositiveDefinite(order: Int(status)) }
    if status < 0 { throw failure("posv", status) }
    return transposed(solution, rows: count, columns: order, keeping: order)
  }

  // MARK: - Arguments

  private static func checkedDimensions(
    _ routine: String, rows: Int, columns: Int, count: Int, _ limit: BLASCountLimit
  ) throws(LAPACKError) -> (blasint, blasint, blasint) {
    func checked(_ value: Int, _ argument: String) throws(LAPACKError) -> blasint {
      guard let counted = limit.lapackDimension(value) else {
        throw .dimension(routine: routine, argument: argument, value: value, limit: limit.value)
      }
      return counted
    }
    return (try checked(rows, "rows"), try checked(columns, "columns"), try checked(count, "count"))
  }

  private static func check<Scalar: BinaryFloatingPoint>(
    _ elements: [Scalar], _ argument: String, rows: Int, columns: Int
  ) throws(LAPACKError) {
    // Both factors are counts of the C interface, so the product stays in range.
    if elements.count != rows * columns {
      throw .elementCount(argument: argument, shape: [rows, columns], found: elements.count)
    }
    if let i = elements.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(argument: argument, row: i / columns, column: i % columns, value: Double(elements[i]))
    }
  }

  /// The transposed matrix, without the columns of the given one from number `kept` on.
  private static func transposed<Scalar>(
    _ matrix: [Scalar], rows: Int, columns: Int, keeping kept: Int? = nil
  ) -> [Scalar] {
    let height = kept ?? columns
    return [Scalar](unsafeUninitializedCapacity: rows * height) { result, initialized in
      for column in 0..<height {
        for row in 0..<rows { result.initializeElement(at: column * rows + row, to: matrix[row * columns + column]) }
      }
      initialized = rows * height
    }
  }

  // MARK: - Results

  /// Column j of R has the length of column j of A, since Q is orthogonal, and its last entry is what the columns before
  /// it leave of it.
  private static func checkRank<Scalar: BinaryFloatingPoint>(
    ofUpperTriangle factor: [Scalar], rows: Int, columns: Int
  ) throws(LAPACKError) {
    let noise = (Scalar(columns) + Scalar(rows).squareRoot()) * .ulpOfOne
    for column in 0..<columns {
      let entries = factor[column * rows...column * rows + column]
      let largest = entries.reduce(0) { max($0, $1.magnitude) }
      // Scaled by the largest entry, so that no square leaves the range.
      let length = largest * entries.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
      let left = entries.last!.magnitude
      if largest == 0 || left <= noise * length { throw .rankDeficient(column: column) }
    }
  }

  /// LAPACKE's own codes for memory are -1010 and -1011; any other negative number is that of an argument.
  private static func failure(_ routine: String, _ status: blasint) -> LAPACKError {
    status <= -1010 ? .outOfMemory(routine: routine) : .refused(routine: routine, argument: Int(-status))
  }
}
