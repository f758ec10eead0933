internal import CBLAS

extension BLAS {
  // MARK: - Double

  /// C = alpha A B + beta C, with A and B as they are stored or transposed.
  ///
  /// With `beta` 0, C is not read: what was in it, a NaN included, is gone.
  /// - Shapes: after transposition A is `m` by `k`, B is `k` by `n`, and C is `m` by `n`. All are stored row after row;
  ///   `leadingA`, `leadingB`, `leadingC` are the distances between the starts of two rows (default: no gaps).
  /// - Throws: ``BLASError`` for memory that is too short, a dimension below 0 or above the limit, and for overlaps.
  package static func gemm(
    _ transposeA: Transpose = .no, _ transposeB: Transpose = .no, m: Int, n: Int, k: Int, alpha: Double = 1,
    _ a: UnsafeBufferPointer<Double>, leadingA: Int? = nil, _ b: UnsafeBufferPointer<Double>, leadingB: Int? = nil,
    beta: Double = 0, into c: UnsafeMutableBufferPointer<Double>, leadingC: Int? = nil, limit: BLASCountLimit = .cblas
  ) throws(BLASError) {
    let (mCount, nCount, kCount) = try checkedDimensions(m: m, n: n, k: k, limit)
    let lda = try checkedLeadingDimension(
      leadingA, rows: transposeA == .no ? m : k, columns: transposeA == .no ? k : m, of: a, "A", in: "gemm",
      limit: limit)
    let ldb = try checkedLeadingDimension(
      leadingB, rows: transposeB == .no ? k : n, columns: transposeB == .no ? n : k, of: b, "B", in: "gemm",
      limit: limit)
    let ldc = try checkedLeadingDimension(
      leadingC, rows: m, columns: n, of: UnsafeBufferPointer(c), "C", in: "gemm", limit: limit)
    try checkSeparate(c, "C", from: a, "A", in: "gemm")
    try checkSeparate(c, "C", from: b, "B", in: "gemm")
    if m == 0 || n == 0 { return }
    cblas_dgemm(
      CblasRowMajor, transposeA.cblas, transposeB.cblas, mCount, nCount, kCount, alpha, a.baseAddress, lda,
      b.baseAddress, ldb, beta, c.baseAddress, ldc)
  }

  /// C = alpha A B + beta C, with A and B as they are stored or transposed.
  ///
  /// With `beta` 0, C is not read: what was in it, a NaN included, is gone.
  /// - Shapes: after transposition A is `m` by `k`, B is `k` by `n`, and C is `m` by `n`. All are stored row after row;
  ///   `leadingA`, `leadingB`, `leadingC` are the distances between the starts of two rows (default: no gaps).
  /// - Throws: ``BLASError`` for memory that is too short and a dimension below 0 or above 2^31 - 1.
  public static func gemm(
    _ transposeA: Transpose = .no, _ transposeB: Transpose = .no, m: Int, n: Int, k: Int, alpha: Double = 1,
    _ a: Span<Double>, leadingA: Int? = nil, _ b: Span<Double>, leadingB: Int? = nil, beta: Double = 0,
    into c: inout MutableSpan<Double>, leadingC: Int? = nil
  ) throws(BLASError) {
    try a.withUnsafeBufferPointer { (a) throws(BLASError) in
      try b.withUnsafeBufferPointer { (b) throws(BLASError) in
        try c.withUnsafeMutableBufferPointer { (c) throws(BLASError) in
          try gemm(
            transposeA, transposeB, m: m, n: n, k: k, alpha: alpha, a, leadingA: leadingA, b, leadingB: leadingB,
            beta: beta, into: c, leadingC: leadingC, limit: .cblas)
        }
      }
    }
  }

  // MARK: - Float

  /// C = alpha A B + beta C, with A and B as they are stored or transposed.
  ///
  /// With `beta` 0, C is not read: what was in it, a NaN included, is gone.
  /// - Shapes: after transposition A is `m` by `k`, B is `k` by `n`, and C is `m` by `n`. All are stored row after row;
  ///   `leadingA`, `leadingB`, `leadingC` are the distances between the starts of two rows (default: no gaps).
  /// - Throws: ``BLASError`` for memory that is too short, a dimension below 0 or above the limit, and for overlaps.
  package static func gemm(
    _ transposeA: Transpose = .no, _ transposeB: Transpose = .no, m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafeBufferPointer<Float>, leadingA: Int? = nil, _ b: UnsafeBufferPointer<Float>, leadingB: Int? = nil,
    beta: Float = 0, into c: UnsafeMutableBufferPointer<Float>, leadingC: Int? = nil, limit: BLASCountLimit = .cblas
  ) throws(BLASError) {
    let (mCount, nCount, kCount) = try checkedDimensions(m: m, n: n, k: k, limit)
    let lda = try checkedLeadingDimension(
      leadingA, rows: transposeA == .no ? m : k, columns: transposeA == .no ? k : m, of: a, "A", in: "gemm",
      limit: limit)
    let ldb = try checkedLeadingDimension(
      leadingB, rows: transposeB == .no ? k : n, columns: transposeB == .no ? n : k, of: b, "B", in: "gemm",
      limit: limit)
    let ldc = try checkedLeadingDimension(
      leadingC, rows: m, columns: n, of: UnsafeBufferPointer(c), "C", in: "gemm", limit: limit)
    try checkSeparate(c, "C", from: a, "A", in: "gemm")
    try checkSeparate(c, "C", from: b, "B", in: "gemm")
    if m == 0 || n == 0 { return }
    cblas_sgemm(
      CblasRowMajor, transposeA.cblas, transposeB.cblas, mCount, nCount, kCount, alpha, a.baseAddress, lda,
      b.baseAddress, ldb, beta, c.baseAddress, ldc)
  }

  /// C = alpha A B + beta C, with A and B as they are stored or transposed.
  ///
  /// With `beta` 0, C is not read: what was in it, a NaN included, is gone.
  /// - Shapes: after transposition A is `m` by `k`, B is `k` by `n`, and C is `m` by `n`. All are stored row after row;
  ///   `leadingA`, `leadingB`, `leadingC` are the distances between the starts of two rows (default: no gaps).
  /// - Throws: ``BLASError`` for memory that is too short and a dimension below 0 or above 2^31 - 1.
  public static func gemm(
    _ transposeA: Transpose = .no, _ transposeB: Transpose = .no, m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: Span<Float>, leadingA: Int? = nil, _ b: Span<Float>, leadingB: Int? = nil, beta: Float = 0,
    into c: inout MutableSpan<Float>, leadingC: Int? = nil
  ) throws(BLASError) {
    try a.withUnsafeBufferPointer { (a) throws(BLASError) in
      try b.withUnsafeBufferPointer { (b) throws(BLASError) in
        try c.withUnsafeMutableBufferPointer { (c) throws(BLASError) in
          try gemm(
            transposeA, transposeB, m: m, n: n, k: k, alpha: alpha, a, leadingA: leadingA, b, leadingB: leadingB,
            beta: beta, into: c, leadingC: leadingC, limit: .cblas)
        }
      }
    }
  }

  @inline(__always)
  private static func checkedDimensions(
    m: Int, n: Int, k: Int, _ limit: BLASCountLimit
  ) throws(BLASError) -> (blasint, blasint, blasint) {
    (
      try limit.dimension(m, "m", of: "gemm"),
      try limit.dimension(n, "n", of: "gemm"),
      try limit.dimension(k, "k", of: "gemm")
    )
  }
}
