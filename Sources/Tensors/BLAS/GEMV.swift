internal import CBLAS

extension BLAS {
  // MARK: - Double

  /// y = alpha A x + beta y, or with the transposed A.
  ///
  /// With `beta` 0, `y` is not read: what was in it, a NaN included, is gone. With `alpha` 0, neither A nor x is read.
  /// - Shapes: A is `rows` by `columns` as it is stored, row after row, `leadingDimension` elements apart (default:
  ///   `columns`). x has `columns` elements and y `rows`; the other way round with ``Transpose/yes``.
  /// - Throws: ``BLASError`` for a wrong length, a dimension below 0 or above the limit, and for overlapping memory.
  package static func gemv(
    _ transpose: Transpose = .no, rows: Int, columns: Int, alpha: Double = 1,
    _ matrix: UnsafeBufferPointer<Double>, leadingDimension: Int? = nil, _ x: UnsafeBufferPointer<Double>,
    beta: Double = 0, into y: UnsafeMutableBufferPointer<Double>, limit: BLASCountLimit = .cblas
  ) throws(BLASError) {
    let m = try limit.dimension(rows, "rows", of: "gemv")
    let n = try limit.dimension(columns, "columns", of: "gemv")
    let leading = try checkedLeadingDimension(
      leadingDimension, rows: rows, columns: columns, of: matrix, "A", in: "gemv", limit: limit)
    try checkVectors(transpose, rows: rows, columns: columns, matrix, x, y)
    // BLAS returns early for an empty sum and leaves y unscaled, and versions differ in 0 * NaN: zero is written here.
    if beta == 0 { y.update(repeating: 0) }
    if x.isEmpty {
      if beta != 0 { for i in y.indices { y[i] *= beta } }
      return
    }
    cblas_dgemv(
      CblasRowMajor, transpose.cblas, m, n, alpha, matrix.baseAddress, leading, x.baseAddress, 1,
      beta == 0 ? 1 : beta, y.baseAddress, 1)
  }

  /// y = alpha A x + beta y, or with the transposed A.
  ///
  /// With `beta` 0, `y` is not read: what was in it, a NaN included, is gone. With `alpha` 0, neither A nor x is read.
  /// - Shapes: A is `rows` by `columns` as it is stored, row after row, `leadingDimension` elements apart (default:
  ///   `columns`). x has `columns` elements and y `rows`; the other way round with ``Transpose/yes``.
  /// - Throws: ``BLASError`` for a wrong length and a dimension below 0 or above 2^31 - 1.
  public static func gemv(
    _ transpose: Transpose = .no, rows: Int, columns: Int, alpha: Double = 1,
    _ matrix: Span<Double>, leadingDimension: Int? = nil, _ x: Span<Double>, beta: Double = 0,
    into y: inout MutableSpan<Double>
  ) throws(BLASError) {
    try matrix.withUnsafeBufferPointer { (matrix) throws(BLASError) in
      try x.withUnsafeBufferPointer { (x) throws(BLASError) in
        try y.withUnsafeMutableBufferPointer { (y) throws(BLASError) in
          try gemv(
            transpose, rows: rows, columns: columns, alpha: alpha, matrix, leadingDimension: leadingDimension, x,
            beta: beta, into: y, limit: .cblas)
        }
      }
    }
  }

  // MARK: - Float

  /// y = alpha A x + beta y, or with the transposed A.
  ///
  /// With `beta` 0, `y` is not read: what was in it, a NaN included, is gone. With `alpha` 0, neither A nor x is read.
  /// - Shapes: A is `rows` by `columns` as it is stored, row after row, `leadingDimension` elements apart (default:
  ///   `columns`). x has `columns` elements and y `rows`; the other way round with ``Transpose/yes``.
  /// - Throws: ``BLASError`` for a wrong length, a dimension below 0 or above the limit, and for overlapping memory.
  package static func gemv(
    _ transpose: Transpose = .no, rows: Int, columns: Int, alpha: Float = 1,
    _ matrix: UnsafeBufferPointer<Float>, leadingDimension: Int? = nil, _ x: UnsafeBufferPointer<Float>,
    beta: Float = 0, into y: UnsafeMutableBufferPointer<Float>, limit: BLASCountLimit = .cblas
  ) throws(BLASError) {
    let m = try limit.dimension(rows, "rows", of: "gemv")
    let n = try limit.dimension(columns, "columns", of: "gemv")
    let leading = try checkedLeadingDimension(
      leadingDimension, rows: rows, columns: columns, of: matrix, "A", in: "gemv", limit: limit)
    try checkVectors(transpose, rows: rows, columns: columns, matrix, x, y)
    // BLAS returns early for an empty sum and leaves y unscaled, and versions differ in 0 * NaN: zero is written here.
    if beta == 0 { y.update(repeating: 0) }
    if x.isEmpty {
      if beta != 0 { for i in y.indices { y[i] *= beta } }
      return
    }
    cblas_sgemv(
      CblasRowMajor, transpose.cblas, m, n, alpha, matrix.baseAddress, leading, x.baseAddress, 1,
      beta == 0 ? 1 : beta, y.baseAddress, 1)
  }

  /// y = alpha A x + beta y, or with the transposed A.
  ///
  /// With `beta` 0, `y` is not read: what was in it, a NaN included, is gone. With `alpha` 0, neither A nor x is read.
  /// - Shapes: A is `rows` by `columns` as it is stored, row after row, `leadingDimension` elements apart (default:
  ///   `columns`). x has `columns` elements and y `rows`; the other way round with ``Transpose/yes``.
  /// - Throws: ``BLASError`` for a wrong length and a dimension below 0 or above 2^31 - 1.
  public static func gemv(
    _ transpose: Transpose = .no, rows: Int, columns: Int, alpha: Float = 1,
    _ matrix: Span<Float>, leadingDimension: Int? = nil, _ x: Span<Float>, beta: Float = 0,
    into y: inout MutableSpan<Float>
  ) throws(BLASError) {
    try matrix.withUnsafeBufferPointer { (matrix) throws(BLASError) in
      try x.withUnsafeBufferPointer { (x) throws(BLASError) in
        try y.withUnsafeMutableBufferPointer { (y) throws(BLASError) in
          try gemv(
            transpose, rows: rows, columns: columns, alpha: alpha, matrix, leadingDimension: leadingDimension, x,
            beta: beta, into: y, limit: .cblas)
        }
      }
    }
  }

  @inline(__always)
  private static func checkVectors<Scalar>(
    _ transpose: Transpose, rows: Int, columns: Int, _ matrix: UnsafeBufferPointer<Scalar>,
    _ x: UnsafeBufferPointer<Scalar>, _ y: UnsafeMutableBufferPointer<Scalar>
  ) throws(BLASError) {
    let (read, written) = transpose == .no ? (columns, rows) : (rows, columns)
    if x.count != read { throw .vectorLength(routine: "gemv", argument: "x", expected: read, found: x.count) }
    if y.count != written { throw .vectorLength(routine: "gemv", argument: "y", expected: written, found: y.count) }
    try checkSeparate(y, "y", from: x, "x", in: "gemv")
    try checkSeparate(y, "y", from: matrix, "A", in: "gemv")
  }
}
