import Problems
import Tensors
import TestSupport
import Testing

/// The closed-form problems of small_problems.json, built from the numbers in it.
private struct Stored: Decodable {
  let id: String
  let n: Int?
  let matrixA: ReferenceTensor?
  let matrixB: ReferenceTensor?
  let matrixX: ReferenceTensor?
  let c: [Double]?
  let d: [Double]?
  let e: [Double]?
  let y: [Double]?
  let lambda: Double?

  private enum CodingKeys: String, CodingKey {
    case id, n, c, d, e, y, lambda
    case matrixA = "A"
    case matrixB = "B"
    case matrixX = "X"
  }

  static func named(_ id: String) throws -> Stored {
    struct File: Decodable { let problems: [Stored] }
    return try #require(ReferenceFile.load("small_problems", as: File.self).problems.first { $0.id == id })
  }

  func problem() throws -> any Problem {
    switch id {
    case "quadratic": try Quadratic(matrix: matrixA!.elements, center: c!)
    case "rosenbrock": try Rosenbrock(count: n!)
    case "logistic":
      try LogisticRegression(
        Dataset(features: matrixX!.elements, columns: matrixX!.shape[1], targets: y!), penalty: lambda!,
        hasIntercept: false)
    case "matrix_quadratic":
      try MatrixQuadratic(
        matrix: Tensor(matrixA!.elements, shape: matrixA!.shape),
        target: Tensor(matrixB!.elements, shape: matrixB!.shape))
    default: try SeparableQuartic(quadratic: d!, quartic: e!, center: c!)
    }
  }
}

private let closedForms = ["quadratic", "rosenbrock", "logistic", "matrix_quadratic", "separable_quartic"]

@Suite struct ClassicProblemTests {
  @Test(arguments: closedForms)
  func gradientsFollowTheFormulas(id: String) throws {
    let problem = try Stored.named(id).problem()
    let stored = try #require(SmallProblem.all[id])
    let start = stored.params0[0]
    let name = try #require(start.name)
    #expect(problem.layout.entries.map(\.shape) == [start.shape])
    var generator = SeededGenerator(seed: 17)
    for _ in 0..<20 {
      let expected = try #require(stored.gradient(step: 0, at: [name: start.elements])[name])
      let (_, gradient) = try problem.valueAndGradient(at: start.elements)
      #expect(relativeError(gradient, expected: expected) <= 1e-14)
      let point: [Double] = uniformVector(count: start.elements.count, in: -3...3, using: &generator)
      let there = try #require(stored.gradient(step: 0, at: [name: point])[name])
      #expect(relativeError(try problem.valueAndGradient(at: point).gradient, expected: there) <= 1e-13, "seed 17")
      #expect(try problem.gradientError(at: point) <= 1e-8, "seed 17")
    }
  }

  @Test(arguments: closedForms.filter { $0 != "logistic" })
  func theMinimumIsWhereItIsSaidToBe(id: String) throws {
    let problem = try #require(Stored.named(id).problem() as? any ProblemWithKnownMinimum)
    let (value, gradient) = try problem.valueAndGradient(at: problem.minimizer)
    #expect(value == problem.minimum)
    #expect(gradient.allSatisfy { abs($0) <= 1e-15 })
    var generator = SeededGenerator(seed: 18)
    for size in [1e-3, 1, 10] {
      let offset: [Double] = uniformVector(count: gradient.count, in: -size...size, using: &generator)
      let value = try problem.valueAndGradient(at: zip(problem.minimizer, offset).map { $0 + $1 }).value
      #expect(value > problem.minimum, "seed 18")
    }
  }

  @Test func valuesByHand() throws {
    // 1/2 (1, 2) [[2, 1], [1, 3]] (1, 2)^T = 1/2 (4 + 14) = 9, with the gradient (4, 7).
    let quadratic = try Quadratic(matrix: [2, 1, 1, 3], center: [1, -1])
    #expect(try quadratic.valueAndGradient(at: [2, 1]) == (9, [4, 7]))
    let square = try Quadratic(curvatures: [2], center: [0])
    #expect(try square.valueAndGradient(at: [3]) == (9, [6]))
    // At (-1.2, 1): 100 (1 - 1.44)^2 + 2.2^2 = 19.36 + 4.84, gradient (480 (1 - 1.44) - 4.4, 200 (1 - 1.44)).
    let rosenbrock = try Rosenbrock()
    let (value, gradient) = try rosenbrock.valueAndGradient(at: rosenbrock.start)
    #expect(abs(value - 24.2) <= 1e-14)
    #expect(abs(gradient[0] + 215.6) <= 1e-12 && abs(gradient[1] + 88) <= 1e-13)
    let quartic = try SeparableQuartic(quadratic: [2, 0], quartic: [4, 1], center: [1, 0])
    #expect(try quartic.valueAndGradient(at: [3, 2]) == (4 + 16 + 4, [4 + 32, 8]))
    // A = (1, 1)^T, B = (1, 3)^T: best at 2, where 1/2 (1 + 1) / 2 = 1/2 is left.
    let matrix = try MatrixQuadratic(
      matrix: Tensor([1, 1], shape: [2, 1]), target: Tensor([1, 3], shape: [2, 1]))
    #expect(abs(matrix.minimizer[0] - 2) <= 1e-15 && abs(matrix.minimum - 0.5) <= 1e-15)
    let there = try matrix.valueAndGradient(at: [4])
    #expect(there == (2.5, [2]))
  }

  @Test func aLongChainHasItsMinimumAtOnes() throws {
    let problem = try Rosenbrock(count: 100)
    #expect(try problem.valueAndGradient(at: problem.minimizer) == (0, [Double](repeating: 0, count: 100)))
    #expect(try problem.gradientError(at: problem.start) <= 1e-8)
  }

  @Test func namedParametersGiveTheSameBits() throws {
    for id in closedForms {
      let problem = try Stored.named(id).problem()
      let point = try #require(SmallProblem.all[id]).params0[0].elements
      let packed = try problem.valueAndGradient(at: point)
      var gradient = ParameterSet<Double>(zeros: problem.layout)
      #expect(try problem.evaluate(at: problem.named(point), gradient: &gradient) == packed.value)
      expectBitsEqual(problem.packed(gradient), packed.gradient, id)
    }
  }

  @Test func wrongNumbersAreRefused() throws {
    #expect(throws: ProblemError.self) { try Quadratic(matrix: [1, 2, 3], center: [1, 2]) }
    #expect(throws: ProblemError.self) { try Quadratic(matrix: [1, 2, 3, 4], center: [1, 2]) }
    #expect(throws: ProblemError.self) { try Quadratic(curvatures: [1], center: [1, 2]) }
    #expect(throws: ProblemError.self) { try Rosenbrock(count: 1) }
    #expect(throws: ProblemError.self) { try SeparableQuartic(quadratic: [1], quartic: [1], center: [1, 2]) }
    #expect(throws: ProblemError.self) { try SeparableQuartic(quadratic: [-1], quartic: [1], center: [1]) }
    #expect(throws: ProblemError.self) { try SeparableQuartic(quadratic: [1], quartic: [.nan], center: [1]) }
    #expect(throws: LAPACKError.self) {
      try MatrixQuadratic(matrix: Tensor([1, 1], shape: [2, 1]), target: Tensor([1, 2, 3]))
    }
    let problem = try Rosenbrock(count: 3)
    var gradient = [0.0, 0, 0]
    #expect(throws: ProblemError.parameterCount(expected: 3, found: 2)) {
      try problem.evaluate(at: [1, 2], gradient: &gradient)
    }
    gradient = [0, 0]
    #expect(throws: ProblemError.gradientCount(expected: 3, found: 2)) {
      try problem.evaluate(at: [1, 2, 3], gradient: &gradient)
    }
  }
}
