internal import CBLAS

// Lengths are a matter between this package's own modules here, so a wrong one traps.

extension BLAS {
  // MARK: - Double

  /// The Euclidean norm, safe over the whole range: no intermediate square overflows or vanishes.
  ///
  /// A vector longer than the limit is halved at a multiple of it, and the two norms are combined by the same routine,
  /// which keeps the promise of range. A NaN gives NaN, an infinity without a NaN infinity, no element 0.
  package static func nrm2(_ x: UnsafeBufferPointer<Double>, limit: BLASCountLimit = .cblas) -> Double {
    guard let base = x.baseAddress else { return 0 }
    guard let middle = limit.middle(of: x.count) else { return cblas_dnrm2(limit.count(x.count), base, 1) }
    let halves = (
      nrm2(UnsafeBufferPointer(rebasing: x[..<middle]), limit: limit),
      nrm2(UnsafeBufferPointer(rebasing: x[middle...]), limit: limit)
    )
    return withUnsafeBytes(of: halves) { cblas_dnrm2(2, $0.assumingMemoryBound(to: Double.self).baseAddress, 1) }
  }

  /// The inner product, accumulated in `Double`. It overflows where a product does.
  ///
  /// Above 10,000 elements OpenBLAS starts threads of its own, and the bits then depend on their number.
  /// - Precondition: `x` and `y` have the same length.
  package static func dot(
    _ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>, limit: BLASCountLimit = .cblas
  ) -> Double {
    precondition(x.count == y.count, "dot of \(x.count) and \(y.count) elements")
    guard let x0 = x.baseAddress, let y0 = y.baseAddress else { return 0 }
    var sum = 0.0
    limit.forEachPart(of: x.count) { first, count in sum += cblas_ddot(count, x0 + first, 1, y0 + first, 1) }
    return sum
  }

  /// Adds `alpha` times `x` to `y`. With `alpha` 0, `x` is not read, so a NaN in it does not show.
  ///
  /// - Precondition: `x` and `y` have the same length, and are separate or the same memory.
  package static func axpy(
    _ alpha: Double, _ x: UnsafeBufferPointer<Double>, into y: UnsafeMutableBufferPointer<Double>,
    limit: BLASCountLimit = .cblas
  ) {
    precondition(x.count == y.count, "axpy of \(x.count) elements into \(y.count)")
    guard let x0 = x.baseAddress, let y0 = y.baseAddress else { return }
    precondition(abs(x0 - UnsafePointer(y0)) >= x.count || x0 == y0, "axpy of elements into a part of themselves")
    limit.forEachPart(of: x.count) { first, count in cblas_daxpy(count, alpha, x0 + first, 1, y0 + first, 1) }
  }

  // MARK: - Float

  /// The Euclidean norm, safe over the whole range: no intermediate square overflows or vanishes.
  ///
  /// A vector longer than the limit is halved at a multiple of it, and the two norms are combined by the same routine,
  /// which keeps the promise of range. A NaN gives NaN, an infinity without a NaN infinity, no element 0.
  package static func nrm2(_ x: UnsafeBufferPointer<Float>, limit: BLASCountLimit = .cblas) -> Float {
    guard let base = x.baseAddress else { return 0 }
    guard let middle = limit.middle(of: x.count) else { return cblas_snrm2(limit.count(x.count), base, 1) }
    let halves = (
      nrm2(UnsafeBufferPointer(rebasing: x[..<middle]), limit: limit),
      nrm2(UnsafeBufferPointer(rebasing: x[middle...]), limit: limit)
    )
    return withUnsafeBytes(of: halves) { cblas_snrm2(2, $0.assumingMemoryBound(to: Float.self).baseAddress, 1) }
  }

  /// The inner product, accumulated in `Double`.
  ///
  /// `cblas_dsdot` rather than `cblas_sdot`: over 10 million elements the latter loses half of the digits of a `Float`.
  /// - Precondition: `x` and `y` have the same length.
  package static func dot(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, limit: BLASCountLimit = .cblas
  ) -> Double {
    precondition(x.count == y.count, "dot of \(x.count) and \(y.count) elements")
    guard let x0 = x.baseAddress, let y0 = y.baseAddress else { return 0 }
    var sum = 0.0
    limit.forEachPart(of: x.count) { first, count in sum += cblas_dsdot(count, x0 + first, 1, y0 + first, 1) }
    return sum
  }

  /// Adds `alpha` times `x` to `y`. With `alpha` 0, `x` is not read, so a NaN in it does not show.
  ///
  /// - Precondition: `x` and `y` have the same length, and are separate or the same memory.
  package static func axpy(
    _ alpha: Float, _ x: UnsafeBufferPointer<Float>, into y: UnsafeMutableBufferPointer<Float>,
    limit: BLASCountLimit = .cblas
  ) {
    precondition(x.count == y.count, "axpy of \(x.count) elements into \(y.count)")
    guard let x0 = x.baseAddress, let y0 = y.baseAddress else { return }
    precondition(abs(x0 - UnsafePointer(y0)) >= x.count || x0 == y0, "axpy of elements into a part of themselves")
    limit.forEachPart(of: x.count) { first, count in cblas_saxpy(count, alpha, x0 + first, 1, y0 + first, 1) }
  }
}
