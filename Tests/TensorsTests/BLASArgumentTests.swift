import Tensors
import Testing

/// Arguments that are right in every respect, of which a test spoils one.
private struct GEMVArguments {
  var transpose = BLAS.Transpose.no
  var rows = 3
  var columns = 2
  var matrix = 6
  var leading: Int?
  var x = 2
  var y = 3
  var limit = BLASCountLimit.cblas

  /// The error, which must have left y as it was.
  func error() -> BLASError? {
    let a = [Double](repeating: 1, count: matrix)
    let operand = [Double](repeating: 1, count: x)
    let before = [Double](repeating: 7, count: y)
    var result = before
    do throws(BLASError) {
      try a.withUnsafeBufferPointer { (a) throws(BLASError) in
        try operand.withUnsafeBufferPointer { (x) throws(BLASError) in
          try result.withUnsafeMutableBufferPointer { (y) throws(BLASError) in
            try BLAS.gemv(
              transpose, rows: rows, columns: columns, a, leadingDimension: leading, x, into: y, limit: limit)
          }
        }
      }
      return nil
    } catch {
      #expect(result == before)
      return error
    }
  }
}

private struct GEMMArguments {
  var transposeA = BLAS.Transpose.no
  var transposeB = BLAS.Transpose.no
  var m = 2
  var n = 3
  var k = 4
  var a = 8
  var b = 12
  var c = 6
  var leadingA: Int?
  var leadingB: Int?
  var leadingC: Int?
  var limit = BLASCountLimit.cblas

  func error() -> BLASError? {
    let operandA = [Float](repeating: 1, count: a)
    let operandB = [Float](repeating: 1, count: b)
    let before = [Float](repeating: 7, count: c)
    var result = before
    do throws(BLASError) {
      try operandA.withUnsafeBufferPointer { (a) throws(BLASError) in
        try operandB.withUnsafeBufferPointer { (b) throws(BLASError) in
          try result.withUnsafeMutableBufferPointer { (c) throws(BLASError) in
            try BLAS.gemm(
              transposeA, transposeB, m: m, n: n, k: k, a, leadingA: leadingA, b, leadingB: leadingB, into: c,
              leadingC: leadingC, limit: limit)
          }
        }
      }
      return nil
    } catch {
      #expect(result == before)
      return error
    }
  }
}

@Suite struct BLASArgumentTests {
  @Test func rightArgumentsPass() {
    #expect(GEMVArguments().error() == nil)
    #expect(GEMVArguments(transpose: .yes, x: 3, y: 2).error() == nil)
    #expect(GEMVArguments(matrix: 8, leading: 3).error() == nil)
    #expect(GEMMArguments().error() == nil)
    #expect(GEMMArguments(transposeA: .yes, transposeB: .yes).error() == nil)
  }

  @Test func gemvNamesWhatIsWrong() {
    #expect(
      GEMVArguments(rows: -1, y: 0).error() == .negativeDimension(routine: "gemv", argument: "rows", value: -1))
    #expect(
      GEMVArguments(columns: -2, x: 0).error()
        == .negativeDimension(routine: "gemv", argument: "columns", value: -2))
    #expect(
      GEMVArguments(x: 3).error() == .vectorLength(routine: "gemv", argument: "x", expected: 2, found: 3))
    #expect(
      GEMVArguments(y: 2).error() == .vectorLength(routine: "gemv", argument: "y", expected: 3, found: 2))
    #expect(
      GEMVArguments(transpose: .yes).error() == .vectorLength(routine: "gemv", argument: "x", expected: 3, found: 2))
    #expect(
      GEMVArguments(leading: 1).error()
        == .leadingDimension(routine: "gemv", argument: "the leading dimension of A", value: 1, least: 2))
    #expect(
      GEMVArguments(matrix: 7, leading: 3).error()
        == .matrixTooShort(routine: "gemv", argument: "A", rows: 3, columns: 2, needed: 8, found: 7))
    #expect(
      GEMVArguments(rows: 0, columns: 2, matrix: 0, leading: 0, y: 0).error()
        == .leadingDimension(routine: "gemv", argument: "the leading dimension of A", value: 0, least: 2))
  }

  @Test func gemmNamesWhatIsWrong() {
    #expect(GEMMArguments(m: -1).error() == .negativeDimension(routine: "gemm", argument: "m", value: -1))
    #expect(GEMMArguments(n: -1).error() == .negativeDimension(routine: "gemm", argument: "n", value: -1))
    #expect(GEMMArguments(k: -1).error() == .negativeDimension(routine: "gemm", argument: "k", value: -1))
    #expect(
      GEMMArguments(a: 7).error()
        == .matrixTooShort(routine: "gemm", argument: "A", rows: 2, columns: 4, needed: 8, found: 7))
    #expect(
      GEMMArguments(transposeB: .yes, b: 11).error()
        == .matrixTooShort(routine: "gemm", argument: "B", rows: 3, columns: 4, needed: 12, found: 11))
    #expect(
      GEMMArguments(c: 5).error()
        == .matrixTooShort(routine: "gemm", argument: "C", rows: 2, columns: 3, needed: 6, found: 5))
    #expect(
      GEMMArguments(leadingA: 3).error()
        == .leadingDimension(routine: "gemm", argument: "the leading dimension of A", value: 3, least: 4))
    #expect(
      GEMMArguments(transposeA: .yes, leadingA: 1).error()
        == .leadingDimension(routine: "gemm", argument: "the leading dimension of A", value: 1, least: 2))
    #expect(
      GEMMArguments(leadingB: 2).error()
        == .leadingDimension(routine: "gemm", argument: "the leading dimension of B", value: 2, least: 3))
    #expect(
      GEMMArguments(leadingC: 2).error()
        == .leadingDimension(routine: "gemm", argument: "the leading dimension of C", value: 2, least: 3))
  }

  @Test(arguments: [7, 64, 1000])
  func aDimensionAboveTheLimitIsRefused(limit: Int) {
    let count = limit + 1
    let counted = BLASCountLimit(limit)
    for (rows, columns, name) in [(count, 1, "rows"), (1, count, "columns")] {
      let exact = GEMVArguments(rows: rows, columns: columns, matrix: count, x: columns, y: rows, limit: counted)
      #expect(
        exact.error() == .dimensionTooLarge(routine: "gemv", argument: name, value: count, limit: limit))
    }
    // Neither may the distance between rows be longer, even if there is only one row.
    #expect(
      GEMVArguments(rows: 1, columns: 1, matrix: 1, leading: count, x: 1, y: 1, limit: counted).error()
        == .dimensionTooLarge(routine: "gemv", argument: "A", value: count, limit: limit))
    let within = GEMVArguments(rows: limit, columns: 1, matrix: limit, x: 1, y: limit, limit: counted)
    #expect(within.error() == nil)
  }

  @Test func aDimensionBeyondThirtyTwoBitsIsRefusedBeforeMemoryIsLookedAt() {
    let huge = Int(Int32.max) + 1
    #expect(
      GEMVArguments(rows: huge).error()
        == .dimensionTooLarge(routine: "gemv", argument: "rows", value: huge, limit: Int(Int32.max)))
    // The product of two dimensions that fit is far from any memory there is, and is still an error, not a trap.
    let side = Int(Int32.max)
    #expect(
      GEMMArguments(m: side, n: side, k: side).error()
        == .matrixTooShort(
          routine: "gemm", argument: "A", rows: side, columns: side, needed: (side - 1) * side + side, found: 8))
  }

  @Test func aResultInsideAnOperandIsRefused() throws {
    var memory = [Double](repeating: 1, count: 20)
    memory.withUnsafeMutableBufferPointer { memory in
      func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Double> { .init(rebasing: memory[range]) }
      for start in [0, 1, 3, 5] {
        #expect(throws: BLASError.overlap(routine: "gemv", result: "y", operand: "A")) {
          try BLAS.gemv(
            rows: 2, columns: 3, UnsafeBufferPointer(part(0..<6)), UnsafeBufferPointer(part(15..<18)),
            into: part(start..<start + 2))
        }
      }
      #expect(throws: BLASError.overlap(routine: "gemv", result: "y", operand: "x")) {
        try BLAS.gemv(
          rows: 2, columns: 3, UnsafeBufferPointer(part(0..<6)), UnsafeBufferPointer(part(15..<18)),
          into: part(14..<16))
      }
      #expect(throws: BLASError.overlap(routine: "gemm", result: "C", operand: "B")) {
        try BLAS.gemm(
          m: 2, n: 2, k: 2, UnsafeBufferPointer(part(0..<4)), UnsafeBufferPointer(part(4..<8)), into: part(7..<11))
      }
      #expect(throws: Never.self) {
        try BLAS.gemv(
          rows: 2, columns: 3, UnsafeBufferPointer(part(0..<6)), UnsafeBufferPointer(part(6..<9)), into: part(9..<11))
      }
    }
  }

  @Test func messagesSayWhatWasFound() {
    let error = BLASError.vectorLength(routine: "gemv", argument: "x", expected: 2, found: 3)
    #expect("\(error)" == "gemv: x has 3 elements, expected 2")
  }
}
