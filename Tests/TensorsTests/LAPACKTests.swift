import Tensors
import TestSupport
import Testing

private func expectClose<Scalar: BinaryFloatingPoint>(
  _ found: [Scalar], _ expected: [Double], ulps: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  let scale = expected.reduce(0) { max($0, abs($1)) }
  for (a, b) in zip(found, expected) {
    #expect(
      abs(Double(a) - b) <= ulps * Double(Scalar.ulpOfOne) * scale, "\(found) against \(expected)",
      sourceLocation: sourceLocation)
  }
}

@Suite struct LAPACKTests {
  // MARK: - Least squares

  @Test func theLineThroughFourPoints() throws {
    // Points (0, 1), (1, 3), (2, 4), (3, 4): slope 5 / 5 = 1, mean 3 at abscissa 1.5, so the line is 1.5 + x.
    let matrix: [Double] = [1, 0, 1, 1, 1, 2, 1, 3]
    expectClose(try LAPACK.leastSquares(matrix, rows: 4, columns: 2, [1, 3, 4, 4]), [1.5, 1], ulps: 16)
    let single = try LAPACK.leastSquares(matrix.map(Float.init), rows: 4, columns: 2, [1, 3, 4, 4] as [Float])
    expectClose(single, [1.5, 1], ulps: 16)
  }

  @Test func severalRightHandSidesAreSolvedColumnByColumn() throws {
    // Normal equations [[2, 1], [1, 2]] x = (b0 + b2, b1 + b2), by hand for both columns.
    let matrix = try Tensor<Double>([1, 0, 0, 1, 1, 1], shape: [3, 2])
    let sides = try Tensor<Double>([1, 6, 2, 0, 6, 3], shape: [3, 2])
    let solution = try LAPACK.leastSquares(matrix, sides)
    #expect(solution.shape == [2, 2])
    expectClose(solution.elements, [2, 5, 3, -1], ulps: 16)
    let vector = try LAPACK.leastSquares(matrix, Tensor([1, 2, 6]))
    #expect(vector.shape == [2])
    expectClose(vector.elements, [2, 3], ulps: 16)
  }

  @Test func aSystemWhoseNormalEquationsAreSingularIsSolved() throws {
    // Läuchli's matrix: e^2 vanishes beside 1, so the normal equations have rank 1 in Double. The solution is (1, 1).
    let e = 1e-9
    let solution = try LAPACK.leastSquares([1, 1, e, 0, 0, e], rows: 3, columns: 2, [2, e, e])
    // The condition number is 1.4e9.
    expectClose(solution, [1, 1], ulps: 1e10)
  }

  @Test func theScaleOfAColumnPlaysNoPartInItsRank() throws {
    let solution = try LAPACK.leastSquares(
      [1, 1e-200, 1, 2e-200, 1, 3e-200], rows: 3, columns: 2, [3, 5, 7])
    expectClose([solution[0], solution[1] * 1e-200], [1, 2], ulps: 64)
  }

  @Test(arguments: [
    (0, [0.0, 1, 0, 2, 0, 4]),  // a column of zeros
    (1, [1.0, 2, 2, 4, 3, 6]),  // twice the first
    (1, [0.1, 0.3, 0.2, 0.6, 0.7, 2.1]),  // three times the first, with rounding
    (1, [1e-170, 3e170, 2e-170, 6e170, 3e-170, 9e170]),
  ])
  func aDependentColumnIsNamed(column: Int, matrix: [Double]) {
    #expect(throws: LAPACKError.rankDeficient(column: column)) {
      try LAPACK.leastSquares(matrix, rows: 3, columns: 2, [1, 2, 3])
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func aCombinationOfManyColumnsIsFound(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (rows, columns) = (200, 12)
    var matrix = (0..<rows * columns).map { _ in Double.random(in: -1...1, using: &generator) }
    for row in 0..<rows {
      let others = (0..<columns - 1).map { matrix[row * columns + $0] }
      matrix[row * columns + columns - 1] = zip(others, 1...).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    #expect(throws: LAPACKError.rankDeficient(column: columns - 1), "seed \(seed)") {
      try LAPACK.leastSquares(matrix, rows: rows, columns: columns, [Double](repeating: 1, count: rows))
    }
    #expect(throws: LAPACKError.rankDeficient(column: columns - 1), "seed \(seed)") {
      try LAPACK.leastSquares(
        matrix.map(Float.init), rows: rows, columns: columns, [Float](repeating: 1, count: rows))
    }
  }

  // MARK: - Positive definite systems

  @Test func aSystemOfTwoEquations() throws {
    // Determinant 8: x = (3 * 10 - 2 * 9) / 8, y = (4 * 9 - 2 * 10) / 8. The 99 above the diagonal is not read.
    expectClose(try LAPACK.solvePositiveDefinite([4, 99, 2, 3], order: 2, [10, 9] as [Double]), [1.5, 2], ulps: 8)
    let matrix = try Tensor<Float>([4, 99, 2, 3], shape: [2, 2])
    let solution = try LAPACK.solvePositiveDefinite(matrix, Tensor([10, 8, 9, 4], shape: [2, 2]))
    #expect(solution.shape == [2, 2])
    expectClose(solution.elements, [1.5, 2, 2, 0], ulps: 8)
  }

  @Test(arguments: [
    (1, [-1.0, 0, 0, 1]), (2, [1.0, 2, 2, 1]), (2, [1.0, 1, 1, 1]), (1, [0.0, 0, 0, 0]),
  ])
  func theFirstMinorThatIsNotPositiveIsNamed(order: Int, matrix: [Double]) {
    #expect(throws: LAPACKError.notPositiveDefinite(order: order)) {
      try LAPACK.solvePositiveDefinite(matrix, order: 2, [1, 1])
    }
    #expect(throws: LAPACKError.notPositiveDefinite(order: order)) {
      try LAPACK.solvePositiveDefinite(matrix.map(Float.init), order: 2, [1, 1])
    }
  }

  // MARK: - Arguments

  @Test func bothShapesAreNamed() {
    let matrix = try? Tensor<Double>(zeros: [3, 2])
    #expect {
      try LAPACK.leastSquares(#require(matrix), Tensor([1, 2]))
    } throws: { error in
      "\(error)" == """
        leastSquares: a matrix of shape [3, 2] and right-hand sides of shape [2] do not fit; \
        they are [m, n] and [m] or [m, k]
        """
    }
    #expect {
      try LAPACK.solvePositiveDefinite(#require(matrix), Tensor([1, 2, 3]))
    } throws: { "\($0)".contains("[3, 2]") && "\($0)".contains("[3]") }
    #expect {
      try LAPACK.leastSquares([1, 2, 3, 4, 5, 6], rows: 2, columns: 3, [1, 2] as [Double])
    } throws: { "\($0)".contains("[2, 3]") && "\($0)".contains("[2, 1]") }
    #expect(throws: LAPACKError.elementCount(argument: "the matrix", shape: [2, 2], found: 3)) {
      try LAPACK.leastSquares([1, 2, 3], rows: 2, columns: 2, [1, 2] as [Double])
    }
    #expect(throws: LAPACKError.elementCount(argument: "the right-hand side", shape: [2, 1], found: 3)) {
      try LAPACK.solvePositiveDefinite([1, 2, 3, 4], order: 2, [1, 2, 3] as [Double])
    }
  }

  @Test(arguments: [7, 64, 1000])
  func aDimensionAboveTheLimitIsRefused(limit: Int) {
    let rows = limit + 1
    #expect(
      throws: LAPACKError.dimension(routine: "leastSquares", argument: "rows", value: rows, limit: limit)
    ) {
      try LAPACK.leastSquares(
        [Double](repeating: 1, count: rows), rows: rows, columns: 1, [Double](repeating: 1, count: rows),
        limit: BLASCountLimit(limit))
    }
    #expect(throws: LAPACKError.self) { try LAPACK.leastSquares([], rows: Int.max, columns: Int.max, [1] as [Double]) }
    #expect(throws: LAPACKError.self) { try LAPACK.leastSquares([], rows: -1, columns: 1, [1] as [Double]) }
  }

  @Test func anEntryThatIsNotFiniteIsNamed() {
    #expect(
      throws: LAPACKError.notFinite(argument: "the matrix", row: 1, column: 0, value: .infinity)
    ) { try LAPACK.leastSquares([1, 2, Double.infinity, 4], rows: 2, columns: 2, [1, 2]) }
    #expect {
      try LAPACK.solvePositiveDefinite([1, 0, 0, 1], order: 2, [1, -Double.nan])
    } throws: { "\($0)".contains("row 1, column 0") }
  }

  @Test func nothingToSolveGivesNothing() throws {
    #expect(try LAPACK.leastSquares([], rows: 3, columns: 0, [1, 2, 3] as [Double]) == [])
    #expect(try LAPACK.solvePositiveDefinite([], order: 0, [] as [Double]) == [])
  }
}
