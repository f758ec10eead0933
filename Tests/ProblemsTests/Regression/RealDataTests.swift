import Foundation
import Problems
import Tensors
import TestSupport
import Testing

/// Objectives on real data against values of 40 digits and the optimum that scikit-learn agrees with.
@Suite struct RealDataTests {
  @Test(arguments: RealData.checked)
  func valueAndGradientAreTheStoredOnes(reference: RealDataCase) throws {
    let data = try RealData(reference)
    let problem = try data.regression
    let size = problem.layout.count
    let check = try #require(reference.check)
    let probe = (0..<size).map { 0.01 * Foundation.sin(Double($0 + 1)) }
    for (point, expected) in [([Double](repeating: 0, count: size), check.atZero), (probe, check.atProbe)] {
      let (value, gradient) = try problem.valueAndGradient(at: point)
      #expect(abs(value - expected.f) <= 1e-13 * max(1, expected.f))
      let scale = max(1, expected.gradientNorm ?? expected.gradient.reduce(0) { max($0, abs($1)) })
      for (found, stored) in zip(gradient, expected.gradient) { #expect(abs(found - stored) <= 1e-13 * scale) }
      if let norm = expected.gradientNorm {
        let found = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(found - norm) <= 1e-13 * scale)
      } else {
        #expect(expected.gradient.count == size)
      }
    }
  }

  @Test(arguments: RealData.checked)
  func theStoredOptimumIsOne(reference: RealDataCase) throws {
    let data = try RealData(reference)
    let problem = try data.regression
    let (value, gradient) = try problem.valueAndGradient(at: data.optimum.packed)
    #expect(abs(value - reference.minimum) <= 1e-12 * max(1, reference.minimum))
    // Rounding of sums of up to 1e3 numbers of the size of the targets.
    let scale = data.training.targets.reduce(1) { max($0, abs($1)) }
    for entry in gradient { #expect(abs(entry) <= 1e-13 * scale) }
  }

  @Test(arguments: RealData.checked)
  func theStoredOptimumHasTheStoredQuality(reference: RealDataCase) throws {
    let data = try RealData(reference)
    switch try data.regression {
    case let problem as LinearRegression:
      let optimum = try problem.named(data.optimum.packed)
      let quality = try problem.quality(on: data.training, at: optimum)
      #expect(abs(quality.rSquared - (try #require(data.optimum.rSquared))) <= 1e-12)
      guard let test = data.test, let expected = data.optimum.testMeanSquaredError else { return }
      let found = try problem.quality(on: test, at: optimum)
      #expect(abs(found.meanSquaredError - expected) <= 1e-12 * expected)
    case let problem as LogisticRegression:
      let optimum = try problem.named(data.optimum.packed)
      try expect(problem.quality(on: data.training, at: optimum), reference.correct, reference.of)
      guard let test = data.test else { return }
      try expect(problem.quality(on: test, at: optimum), reference.testCorrect, reference.testOf)
    case let problem as SoftmaxRegression:
      let optimum = try problem.named(data.optimum.packed)
      try expect(problem.quality(on: data.training, at: optimum), reference.correct, reference.of)
      guard let test = data.test else { return }
      try expect(problem.quality(on: test, at: optimum), reference.testCorrect, reference.testOf)
    default:
      Issue.record("no quality was compared")
    }
  }

  private func expect(_ quality: ClassificationQuality, _ correct: Int?, _ count: Int?) throws {
    #expect(quality.correct == (try #require(correct)))
    #expect(quality.count == (try #require(count)))
  }

  @Test func leastSquaresOfTheRawDiabetesTable() throws {
    let reference = try #require(RealDataCase.all.first { $0.id == "diabetes.least_squares_raw" })
    let data = try RealData(reference)
    let (table, columns) = (data.training, data.training.columnCount + 1)
    let matrix: [Double] = (0..<table.rowCount).flatMap { Array(table.row($0)) + [1] }
    let solution = try LAPACK.leastSquares(
      Tensor(matrix, shape: [table.rowCount, columns]), Tensor(table.targets))
    // A backward stable method loses at most the condition number, 7e3, of 1e-16, and its square in the residual's share.
    let error = relativeError(solution.elements, expected: data.optimum.packed)
    #expect(error <= 1e-8, "relative error \(error)")
    // Each coefficient by itself, the small ones too.
    for (found, stored) in zip(solution.elements, data.optimum.packed) {
      #expect(abs(found - stored) <= 1e-8 * abs(stored))
    }
    let problem = try LinearRegression(table)
    let value = try problem.valueAndGradient(at: solution.elements).value
    #expect(abs(2 * Double(table.rowCount) * value - reference.minimum) <= 1e-12 * reference.minimum)
  }

  @Test func theSplitsOfTheStoredCasesAreEveryFifthRow() throws {
    for reference in RealData.checked where reference.rows != "all" {
      let table = try RealData.table(reference.data)
      let fitted = try table.selecting(rows: (0..<table.rowCount).filter(reference.fits))
      let offset = try #require((0..<5).first { !reference.fits(row: $0) })
      let split = try table.split(every: 5, offset: offset)
      #expect(split.training == fitted)
      #expect(split.test.rowCount == table.rowCount - fitted.rowCount)
    }
  }
}
