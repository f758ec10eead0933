import Problems
import Tensors
import TestSupport
import Testing

@Suite struct SmoothnessTests {
  @Test func theLargestEigenvalueOfADiagonalMatrixIsMet() throws {
    // Rows sqrt(4 v_j) e_j, four columns: X^T X / 4 is diagonal with the entries v_j.
    let values = [0.5, 9.0, 2, 3]
    var features = [Double](repeating: 0, count: 16)
    for j in 0..<4 { features[j * 4 + j] = (4 * values[j]).squareRoot() }
    let linear = try LinearRegression(
      Dataset(features: features, columns: 4, targets: [0, 1, 0, 1]), penalty: 0.25, hasIntercept: false)
    let smoothness = try linear.smoothness()
    #expect(smoothness >= 9.25 * (1 - 1e-12) && smoothness <= 9.25 * 1.02)
    let logistic = try LogisticRegression(
      Dataset(features: features, columns: 4, targets: [0, 1, 0, 1]), hasIntercept: false)
    #expect(abs(try logistic.smoothness() - (smoothness - 0.25) / 4) <= 1e-12)
  }

  @Test func theInterceptIsAColumnOfOnes() throws {
    // [[1, 3], [1, 3]]: the matrix [[9, 3], [3, 1]] has the eigenvalues 10 and 0.
    let problem = try LinearRegression(Dataset(features: [3, 3], columns: 1, targets: [0, 0]))
    let smoothness = try problem.smoothness()
    #expect(smoothness >= 10 * (1 - 1e-12) && smoothness <= 10 * (1 + 1e-12))
  }

  @Test func withoutFeaturesThereIsNoCurvature() throws {
    let problem = try LinearRegression(
      Dataset(features: [0, 0], columns: 1, targets: [0, 0]), hasIntercept: false)
    #expect(try problem.smoothness() == 0)
  }

  @Test func squaresThatOverflowGiveInfinity() throws {
    let problem = try LinearRegression(Dataset(features: [1e200, 0], columns: 1, targets: [0, 0]))
    #expect(try problem.smoothness() == .infinity)
  }

  @Test(arguments: RandomRegression.all.filter { $0.columns < 200 })
  func aStepOfOneOverItDecreasesTheObjectiveEnough(regression: RandomRegression) throws {
    let (problem, start) = try regression.make()
    let smoothness = try problem.smoothness()
    var point = start
    for step in 0..<5 {
      let (value, gradient) = try problem.valueAndGradient(at: point)
      let squares = gradient.reduce(0) { $0 + $1 * $1 }
      for i in point.indices { point[i] -= gradient[i] / smoothness }
      let next = try problem.valueAndGradient(at: point).value
      // The descent lemma: f(x - g/L) <= f(x) - |g|^2 / (2 L).
      #expect(next <= value - squares / (2 * smoothness) + 1e-13 * value, "step \(step)")
    }
  }

  @Test(arguments: RandomRegression.all.filter { $0.kind == .linear })
  func noDirectionHasALargerCurvature(regression: RandomRegression) throws {
    let (problem, _) = try regression.make()
    let smoothness = try problem.smoothness()
    var generator = SeededGenerator(seed: regression.seed)
    let size = problem.layout.count
    let origin = try problem.valueAndGradient(at: [Double](repeating: 0, count: size))
    for _ in 0..<20 {
      let direction: [Double] = uniformVector(count: size, using: &generator)
      // The gradient is affine, so its difference is the second derivative times the direction.
      let gradient = try problem.valueAndGradient(at: direction).gradient
      let curvature = zip(direction, zip(gradient, origin.gradient)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
      let squares = direction.reduce(0) { $0 + $1 * $1 }
      #expect(curvature / squares <= smoothness * (1 + 1e-12))
    }
  }

  @Test(arguments: [("data_digits.csv", 1797), ("data_diabetes.csv", 442)])
  func onRealDataItIsNearTheTruth(name: String, rows: Int) throws {
    // Standardised columns: the largest eigenvalue of the correlation matrix, from many plain rounds of the power method.
    let table = try RealData.table(name)
    let data = try Standardisation(fitting: table).applied(to: table)
    let columns = data.columnCount
    var direction = [Double](repeating: 1, count: columns)
    var eigenvalue = 0.0
    for _ in 0..<3000 {
      var image = [Double](repeating: 0, count: columns)
      for row in 0..<rows {
        let x = data.row(row)
        let score = zip(x, direction).reduce(0) { $0 + $1.0 * $1.1 }
        for (j, value) in x.enumerated() { image[j] += value * score / Double(rows) }
      }
      eigenvalue = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let next = image.map { $0 / eigenvalue }
      let change = zip(next, direction).reduce(0) { max($0, abs($1.0 - $1.1)) }
      direction = next
      if change < 1e-12 { break }
    }
    let smoothness = try LinearRegression(data).smoothness()
    #expect(smoothness >= eigenvalue * (1 - 1e-9) && smoothness <= eigenvalue * 1.03)
  }
}
