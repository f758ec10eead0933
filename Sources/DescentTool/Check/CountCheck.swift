internal import Descent
internal import NaiveReference

/// Vectors longer than BLAS can count, imitated by limits that are much lower: the parts must make the same whole.
package struct CountCheck {
  private let scale: CheckScale

  package init(scale: CheckScale) { self.scale = scale }

  private static let limits = [7, 64, 1000]
  private static let sizes = [0, 1, 6, 7, 8, 63, 64, 65, 999, 1000, 1001, 5000]

  /// A row for each routine.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("counts of BLAS")
    let section = "Counts of 32 bits, with limits of 7, 64 and 1000"
    // Halving takes at most ten levels down to 7, each with one rounding.
    var norm = CheckRow(section, "nrm2, to the naive norm", limit: 10)
    var dot = CheckRow(section, "dot, whole numbers")
    var axpy = CheckRow(section, "axpy, whole numbers")
    var matrix = CheckRow(section, "gemv, a dimension too large")
    let draws = Draws(seed: scale.seed &+ 4)
    for size in Self.sizes {
      // Sums and products of small whole numbers are exact in any order, fused or not.
      func whole(_ stream: Int) -> [Double] {
        (0..<size).map { (16 * draws.uniform(stream, $0) - 8).rounded() }
      }
      let (x, y) = (whole(2 * size), whole(2 * size + 1))
      let (narrowX, narrowY) = (x.map { Float($0) }, y.map { Float($0) })
      let sum = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
      let moved = zip(x, y).map { 3 * $0 + $1 }
      let any: [Double] = draws.spread(count: size, exponents: -30...30, stream: size)
      let narrow = any.map { Float($0) }
      for limit in Self.limits.map({ BLASCountLimit($0) }) {
        let place = { "\(size) elements, limit \(limit.value)" }
        let wideNorm = any.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) }
        norm.measure(ulps(between: wideNorm, NaiveNorm.two(any).value)) { "dnrm2, \(place())" }
        let narrowNorm = narrow.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) }
        norm.measure(ulps(between: narrowNorm, Float(NaiveNorm.two(narrow).value))) { "snrm2, \(place())" }
        x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in dot.same(BLAS.dot(x, y, limit: limit), sum) { "ddot, \(place())" } }
        }
        narrowX.withUnsafeBufferPointer { x in
          narrowY.withUnsafeBufferPointer { y in dot.same(BLAS.dot(x, y, limit: limit), sum) { "dsdot, \(place())" } }
        }
        var (wide, short) = (y, narrowY)
        wide.withUnsafeMutableBufferPointer { y in
          x.withUnsafeBufferPointer { x in BLAS.axpy(3, x, into: y, limit: limit) }
        }
        axpy.same(wide, moved) { "daxpy, \(place())" }
        short.withUnsafeMutableBufferPointer { y in
          narrowX.withUnsafeBufferPointer { x in BLAS.axpy(3, x, into: y, limit: limit) }
        }
        axpy.same(short, moved.map { Float($0) }) { "saxpy, \(place())" }
      }
    }
    for limit in Self.limits {
      for (rows, columns) in [(limit, 1), (limit + 1, 1), (1, limit), (1, limit + 1)] {
        matrix.expect(isRefused(rows: rows, columns: columns, limit: limit) == (max(rows, columns) > limit)) {
          "\(rows) x \(columns), limit \(limit)"
        }
      }
    }
    return [norm, dot, axpy, matrix]
  }

  /// Whether a product with a matrix of this size is refused for it.
  private func isRefused(rows: Int, columns: Int, limit: Int) -> Bool {
    let (a, x) = ([Double](repeating: 1, count: rows * columns), [Double](repeating: 1, count: columns))
    var y = [Double](repeating: 0, count: rows)
    do {
      try a.withUnsafeBufferPointer { a in
        try x.withUnsafeBufferPointer { x in
          try y.withUnsafeMutableBufferPointer { y in
            try BLAS.gemv(rows: rows, columns: columns, a, x, into: y, limit: BLASCountLimit(limit))
          }
        }
      }
    } catch { if case BLASError.dimensionTooLarge = error { return true } }
    return false
  }
}
