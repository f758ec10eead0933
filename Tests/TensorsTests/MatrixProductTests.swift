import Tensors
import TestSupport
import Testing

/// One shape and the gaps between rows, for both scalar types and all transpositions.
struct ProductShape: CustomTestStringConvertible, Sendable {
  var m: Int
  var n: Int
  var k: Int
  var gap = 0
  var testDescription: String { "\(m) x \(k) times \(k) x \(n), gap \(gap)" }
}

private let shapes = [
  ProductShape(m: 1, n: 1, k: 1), ProductShape(m: 3, n: 4, k: 5), ProductShape(m: 5, n: 3, k: 4, gap: 2),
  ProductShape(m: 17, n: 1, k: 9), ProductShape(m: 1, n: 33, k: 2, gap: 1), ProductShape(m: 64, n: 10, k: 64),
  ProductShape(m: 0, n: 3, k: 2), ProductShape(m: 3, n: 0, k: 2), ProductShape(m: 3, n: 2, k: 0, gap: 1),
  ProductShape(m: 70, n: 65, k: 130, gap: 3),
]

@Suite struct MatrixProductTests {
  // Written out for each scalar type, as the routines are: an overload cannot be called from a generic function.

  @Test(arguments: shapes)
  func gemmIsExactForWholeNumbers(shape: ProductShape) throws {
    for (transposeA, transposeB) in [(BLAS.Transpose.no, BLAS.Transpose.no), (.no, .yes), (.yes, .no), (.yes, .yes)] {
      for (alpha, beta) in [(1.0, 0.0), (-2, 1), (3, -4), (0, 2)] {
        let case64 = ProductCase<Double>(shape, transposeA, transposeB, alpha: alpha, beta: beta, seed: 11)
        var c = case64.c
        var span = c.mutableSpan
        try BLAS.gemm(
          transposeA, transposeB, m: shape.m, n: shape.n, k: shape.k, alpha: alpha, case64.a.span,
          leadingA: case64.leadingA, case64.b.span, leadingB: case64.leadingB, beta: beta, into: &span,
          leadingC: case64.leadingC)
        #expect(c == case64.expected, "seed 11, \(transposeA) \(transposeB) \(alpha) \(beta)")

        let case32 = ProductCase<Float>(shape, transposeA, transposeB, alpha: alpha, beta: beta, seed: 12)
        var c32 = case32.c
        var span32 = c32.mutableSpan
        try BLAS.gemm(
          transposeA, transposeB, m: shape.m, n: shape.n, k: shape.k, alpha: Float(alpha), case32.a.span,
          leadingA: case32.leadingA, case32.b.span, leadingB: case32.leadingB, beta: Float(beta), into: &span32,
          leadingC: case32.leadingC)
        #expect(c32 == case32.expected, "seed 12, \(transposeA) \(transposeB) \(alpha) \(beta)")
      }
    }
  }

  @Test(arguments: shapes)
  func gemvIsExactForWholeNumbers(shape: ProductShape) throws {
    // A m x k matrix times a vector: the product with n = 1, which the reference of gemm gives as well.
    for transpose in BLAS.Transpose.allCases {
      for (alpha, beta) in [(1.0, 0.0), (-2, 1), (3, -4), (0, 2)] {
        let vector = ProductShape(m: shape.m, n: 1, k: shape.k, gap: shape.gap)
        let (rows, columns) = transpose == .no ? (shape.m, shape.k) : (shape.k, shape.m)
        let case64 = ProductCase<Double>(vector, transpose, .no, alpha: alpha, beta: beta, seed: 13, dense: true)
        var y = case64.c
        var span = y.mutableSpan
        try BLAS.gemv(
          transpose, rows: rows, columns: columns, alpha: alpha, case64.a.span, leadingDimension: case64.leadingA,
          case64.b.span, beta: beta, into: &span)
        #expect(y == case64.expected, "seed 13, \(transpose) \(alpha) \(beta)")

        let case32 = ProductCase<Float>(vector, transpose, .no, alpha: alpha, beta: beta, seed: 14, dense: true)
        var y32 = case32.c
        var span32 = y32.mutableSpan
        try BLAS.gemv(
          transpose, rows: rows, columns: columns, alpha: Float(alpha), case32.a.span,
          leadingDimension: case32.leadingA, case32.b.span, beta: Float(beta), into: &span32)
        #expect(y32 == case32.expected, "seed 14, \(transpose) \(alpha) \(beta)")
      }
    }
  }

  @Test func withBetaZeroAnOldNaNIsGone() throws {
    let (matrix, x): ([Double], [Double]) = ([1, 2, 3, 4], [1, 1])
    var y = [Double](repeating: .nan, count: 2)
    var ySpan = y.mutableSpan
    try BLAS.gemv(rows: 2, columns: 2, matrix.span, x.span, into: &ySpan)
    #expect(y == [3, 7])
    let (a, b): ([Float], [Float]) = ([1, 2], [3, 4])
    var c = [Float](repeating: .nan, count: 4)
    var cSpan = c.mutableSpan
    try BLAS.gemm(m: 2, n: 2, k: 1, a.span, b.span, into: &cSpan)
    #expect(c == [3, 4, 6, 8])
  }

  @Test func aNaNInAnOperandArrives() throws {
    let (matrix, x): ([Double], [Double]) = ([.nan, 0, 3, 4], [0, 1])
    var y = [Double](repeating: 0, count: 2)
    var span = y.mutableSpan
    try BLAS.gemv(rows: 2, columns: 2, matrix.span, x.span, into: &span)
    #expect(y[0].isNaN && y[1] == 4)
  }

  @Test func anEmptySumStillScales() throws {
    let nothing: [Double] = []
    var y = [2.0, 3]
    var span = y.mutableSpan
    try BLAS.gemv(rows: 2, columns: 0, nothing.span, nothing.span, beta: -3, into: &span)
    #expect(y == [-6, -9])
  }
}

/// Whole-number operands and the product by three plain loops.
private struct ProductCase<Scalar: BinaryFloatingPoint> {
  let a: [Scalar], b: [Scalar], c: [Scalar], expected: [Scalar]
  let leadingA: Int, leadingB: Int, leadingC: Int

  init(
    _ shape: ProductShape, _ transposeA: BLAS.Transpose, _ transposeB: BLAS.Transpose, alpha: Double, beta: Double,
    seed: UInt64, dense: Bool = false
  ) {
    var generator = SeededGenerator(seed: seed)
    let (m, n, k) = (shape.m, shape.n, shape.k)
    let (rowsA, columnsA) = transposeA == .no ? (m, k) : (k, m)
    let (rowsB, columnsB) = transposeB == .no ? (k, n) : (n, k)
    let vectorGap = dense ? 0 : shape.gap
    let (leadingA, leadingB) = (max(1, columnsA + shape.gap), max(1, columnsB + vectorGap))
    let leadingC = max(1, n + vectorGap)
    let a: [Scalar] = generator.digits(rowsA * leadingA)
    let b: [Scalar] = generator.digits(dense ? rowsB * columnsB : rowsB * leadingB)
    let c: [Scalar] = generator.digits(dense ? m * n : m * leadingC)
    var expected = c
    for i in 0..<m {
      for j in 0..<n {
        var sum: Scalar = 0
        for l in 0..<k {
          sum +=
            a[transposeA == .no ? i * leadingA + l : l * leadingA + i]
            * b[transposeB == .no ? l * leadingB + j : j * leadingB + l]
        }
        expected[i * leadingC + j] = Scalar(alpha) * sum + Scalar(beta) * c[i * leadingC + j]
      }
    }
    (self.a, self.b, self.c, self.expected) = (a, b, c, expected)
    (self.leadingA, self.leadingB, self.leadingC) = (leadingA, leadingB, leadingC)
  }
}
