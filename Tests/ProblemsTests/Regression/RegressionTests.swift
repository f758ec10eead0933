import CAllocationCounter
import CBLAS
import Foundation
import Problems
import Tensors
import TestSupport
import Testing

@Suite struct RegressionTests {
  // MARK: - Values

  @Test(arguments: RandomRegression.all)
  func blocksGiveWhatPlainLoopsGive(regression: RandomRegression) throws {
    let (problem, parameters) = try regression.make()
    let naive = naiveObjective(problem, rows: Array(0..<regression.rows), at: parameters)
    let (value, gradient) = try problem.valueAndGradient(at: parameters)
    // Sums of at most 2500 products of the size of 1, in two orders: sqrt(2500) roundings apart, with some margin.
    #expect(abs(value - naive.value) <= 1e-13 * max(1, naive.value))
    #expect(relativeError(gradient, expected: naive.gradient) <= 1e-12)
  }

  @Test(arguments: RandomRegression.all.filter { $0.columns < 100 && $0.classes <= 10 })
  func theGradientIsTheSlope(regression: RandomRegression) throws {
    let (problem, parameters) = try regression.make()
    let error = try problem.gradientError(at: parameters)
    #expect(error <= 1e-8)
  }

  @Test(arguments: RandomRegression.all)
  func namedPackedAndSeparateObjectivesAgreeInEveryBit(regression: RandomRegression) throws {
    let (problem, parameters) = try regression.make()
    let (value, gradient) = try problem.valueAndGradient(at: parameters)
    let named = try problem.named(parameters)
    // What was in the gradient before must not matter.
    var namedGradient = try problem.named([Double](repeating: .nan, count: parameters.count))
    let namedValue = try problem.evaluate(at: named, gradient: &namedGradient)
    #expect(namedValue.bitPattern == value.bitPattern)
    expectBitsEqual(problem.packed(namedGradient), gradient, "gradient")
    #expect(try problem.objective(at: named).bitPattern == value.bitPattern)
  }

  // MARK: - Mini-batches

  @Test(arguments: RandomRegression.all.filter { $0.rows > 1 })
  func theMeanOfPartsIsTheWhole(regression: RandomRegression) throws {
    let (problem, parameters) = try regression.make()
    let whole = try problem.valueAndGradient(at: parameters)
    var workspace = RegressionWorkspace()
    var generator = SeededGenerator(seed: regression.seed)
    let order = Array(0..<regression.rows).shuffled(using: &generator)
    var (value, gradient) = (0.0, [Double](repeating: 0, count: parameters.count))
    var first = 0
    while first < regression.rows {
      let count = min(Int.random(in: 1...100, using: &generator), regression.rows - first)
      var part = [Double](repeating: .nan, count: parameters.count)
      let partValue = try problem.evaluate(
        .indices(order[first..<first + count]), at: parameters, gradient: &part, workspace: &workspace)
      let share = Double(count) / Double(regression.rows)
      value += share * partValue
      for i in part.indices { gradient[i] += share * part[i] }
      first += count
    }
    #expect(abs(value - whole.value) <= 1e-13 * max(1, whole.value))
    #expect(relativeError(gradient, expected: whole.gradient) <= 1e-12)
  }

  @Test(arguments: RandomRegression.all.filter { $0.rows >= 63 })
  func aRangeAndAListOfItsRowsAgreeInEveryBit(regression: RandomRegression) throws {
    let (problem, parameters) = try regression.make()
    var workspace = RegressionWorkspace()
    for range in [0..<regression.rows, 1..<regression.rows, 5..<6, 30..<regression.rows - 1] {
      var (a, b) = (parameters, parameters)
      let valueA = try problem.evaluate(.range(range), at: parameters, gradient: &a, workspace: &workspace)
      let list = [0, 0] + Array(range)
      let valueB = try problem.evaluate(
        .indices(list.dropFirst(2)), at: parameters, gradient: &b, workspace: &workspace)
      #expect(valueA.bitPattern == valueB.bitPattern, "\(range)")
      expectBitsEqual(b, a, "gradient of \(range)")
      let naive = naiveObjective(problem, rows: Array(range), at: parameters)
      #expect(abs(valueA - naive.value) <= 1e-13 * max(1, naive.value))
      #expect(relativeError(a, expected: naive.gradient) <= 1e-12)
    }
  }

  @Test func aRowThatOccursTwiceCountsTwice() throws {
    let (problem, parameters) = try RandomRegression(kind: .logistic, rows: 9, columns: 4).make()
    var workspace = RegressionWorkspace()
    var gradient = parameters
    let value = try problem.evaluate(
      .indices([3, 3, 8]), at: parameters, gradient: &gradient, workspace: &workspace)
    let naive = naiveObjective(problem, rows: [3, 3, 8], at: parameters)
    #expect(abs(value - naive.value) <= 1e-14)
    #expect(relativeError(gradient, expected: naive.gradient) <= 1e-14)
  }

  @Test func oneWorkspaceServesModelsOfAllSizes() throws {
    var workspace = RegressionWorkspace()
    for regression in RandomRegression.all.shuffledBySeed(3) + RandomRegression.all.shuffledBySeed(4) {
      let (problem, parameters) = try regression.make()
      var (shared, own) = (parameters, parameters)
      let rows = RowSelection.indices(Array(0..<regression.rows)[...])
      let value = try problem.evaluate(rows, at: parameters, gradient: &shared, workspace: &workspace)
      var fresh = RegressionWorkspace()
      #expect(try problem.evaluate(rows, at: parameters, gradient: &own, workspace: &fresh) == value)
      #expect(shared == own)
    }
  }

  // MARK: - Bits and memory

  @Test(arguments: [2, 4])
  func theBitsDoNotDependOnTheThreadsOfOpenBLAS(threads: Int) async throws {
    // The number is a global of OpenBLAS, so it is set in a process of its own.
    await #expect(processExitsWith: .success) { [threads] in
      let regressions = RandomRegression.all.filter { $0.rows >= 70 }
      openblas_set_num_threads(1)
      let alone = try regressions.map(hashOfBits)
      openblas_set_num_threads(Int32(threads))
      let together = try regressions.map(hashOfBits)
      #expect(alone == together)
    }
  }

  @Test(.enabled(if: allocation_counter_is_active(), "the sanitizer counts allocations itself"))
  func aWarmEvaluationAllocatesNothing() throws {
    for regression in RandomRegression.all {
      let (problem, packed) = try regression.make()
      try countAllocations(problem, packed, regression)
    }
  }

  private func countAllocations(
    _ problem: some Regression, _ packed: [Double], _ regression: RandomRegression
  ) throws {
    let parameters = try problem.named(packed)
    var gradient = ParameterSet<Double>(zeros: problem.layout)
    var packedGradient = packed
    packedGradient[0] = 0
    var workspace = RegressionWorkspace()
    let order = RowOrder(rowCount: regression.rows, seed: 1).rows
    func all() throws {
      _ = try problem.evaluate(.all, at: parameters, gradient: &gradient, workspace: &workspace)
      _ = try problem.evaluate(.indices(order[...]), at: parameters, gradient: &gradient, workspace: &workspace)
      _ = try problem.evaluate(.indices(order[...]), at: packed, gradient: &packedGradient, workspace: &workspace)
      _ = try problem.objective(.range(0..<1), at: parameters, workspace: &workspace)
    }
    try all()
    let before = allocation_count_of_this_thread()
    try all()
    #expect(allocation_count_of_this_thread() - before == 0, "\(regression.testDescription)")
  }

  // MARK: - Extremes

  @Test func scoresBeyondTheRangeOfTheExponentialAreExact() throws {
    let data = try Dataset(features: [1, -1, 1, -1], columns: 1, targets: [1, 0, 0, 1])
    let problem = try LogisticRegression(data, hasIntercept: false)
    for score in [50.0, 1e3, 1e5, 1e300] {
      // Two rows are right and cost nothing that a double could show beside the other two, which cost their score.
      let (value, gradient) = try problem.valueAndGradient(at: [score])
      #expect(value == score / 2)
      #expect(gradient == [0.5])
    }
    let small = try LogisticRegression(
      Dataset(features: [1], columns: 1, targets: [1]), hasIntercept: false
    ).valueAndGradient(at: [100])
    #expect(abs(small.value - 3.720075976020836e-44) <= 1e-58)
    #expect(abs(small.gradient[0] + 3.720075976020836e-44) <= 1e-58)
  }

  @Test func softmaxOfLargeScoresIsExact() throws {
    let data = try Dataset(features: [1, 1], columns: 1, targets: [0, 2])
    let problem = try SoftmaxRegression(data, classCount: 3, hasIntercept: false)
    let (value, gradient) = try problem.valueAndGradient(at: [1e5, -1e5, 9e4])
    #expect(value == 5e3)
    #expect(gradient == [0.5, 0, -0.5])
    let largest = try problem.valueAndGradient(at: [1e300, 1e300, 1e300])
    #expect(abs(largest.value - log(3)) <= 1e-15)
  }

  @Test func withoutAPenaltyHugeWeightsDoNotMakeNaN() throws {
    let data = try Dataset(features: [0, 0], columns: 1, targets: [1, 0])
    let (value, gradient) = try LogisticRegression(data).valueAndGradient(at: [1e200, 0])
    #expect(value == log(2) && gradient == [0, 0])
  }

  @Test func aParameterThatIsNotANumberMakesTheObjectiveOne() throws {
    for regression in RandomRegression.all.filter({ $0.rows == 65 }) {
      var (problem, parameters) = try regression.make()
      parameters[3] = .nan
      #expect(try problem.valueAndGradient(at: parameters).value.isNaN)
    }
  }

  // MARK: - Arguments

  @Test func wrongArgumentsAreRefusedBeforeAnythingIsWritten() throws {
    let (problem, parameters) = try RandomRegression(kind: .softmax, rows: 9, columns: 4, classes: 3).make()
    let size = parameters.count
    var workspace = RegressionWorkspace()
    func failure(_ rows: RowSelection, parameters count: Int, gradient gradientCount: Int) -> ProblemError? {
      let before = [Double](repeating: 7, count: gradientCount)
      var gradient = before
      do throws(ProblemError) {
        _ = try problem.evaluate(
          rows, at: [Double](repeating: 1, count: count), gradient: &gradient, workspace: &workspace)
        return nil
      } catch {
        #expect(gradient == before)
        return error
      }
    }
    #expect(failure(.all, parameters: size, gradient: size) == nil)
    #expect(
      failure(.all, parameters: size - 1, gradient: size) == .parameterCount(expected: size, found: size - 1))
    #expect(failure(.all, parameters: size, gradient: size + 1) == .gradientCount(expected: size, found: size + 1))
    #expect(failure(.range(3..<3), parameters: size, gradient: size) == .noRowsSelected)
    #expect(failure(.indices([]), parameters: size, gradient: size) == .noRowsSelected)
    #expect(failure(.range(-1..<3), parameters: size, gradient: size) == .rowOutOfRange(-1, rowCount: 9))
    #expect(failure(.range(3..<10), parameters: size, gradient: size) == .rowOutOfRange(9, rowCount: 9))
    #expect(
      failure(.range(.min..<(.max)), parameters: size, gradient: size) == .rowOutOfRange(.min, rowCount: 9))
    #expect(failure(.indices([1, 9]), parameters: size, gradient: size) == .rowOutOfRange(9, rowCount: 9))
    #expect(failure(.indices([1, -1]), parameters: size, gradient: size) == .rowOutOfRange(-1, rowCount: 9))
  }

  @Test func otherLayoutsAreRefused() throws {
    let (problem, parameters) = try RandomRegression(kind: .linear, rows: 9, columns: 4).make()
    let other = try Layout([("weights", [4]), ("bias", [2])])
    var gradient = ParameterSet<Double>(zeros: problem.layout)
    #expect(throws: ProblemError.layout(expected: problem.layout, found: other)) {
      try problem.evaluate(at: ParameterSet(zeros: other), gradient: &gradient)
    }
    var otherGradient = ParameterSet<Double>(zeros: other)
    #expect(throws: ProblemError.layout(expected: problem.layout, found: other)) {
      try problem.evaluate(at: problem.named(parameters), gradient: &otherGradient)
    }
    #expect(throws: ProblemError.layout(expected: problem.layout, found: other)) {
      try problem.objective(at: ParameterSet(zeros: other))
    }
  }

  @Test func overlappingMemoryIsRefused() throws {
    let (problem, parameters) = try RandomRegression(kind: .linear, rows: 9, columns: 4).make()
    let size = parameters.count
    var memory = parameters + parameters
    memory.withUnsafeMutableBufferPointer { memory in
      for offset in [0, 1, size - 1] {
        #expect(throws: ProblemError.overlap) {
          try problem.evaluate(
            at: UnsafeBufferPointer(rebasing: memory[..<size]),
            gradient: UnsafeMutableBufferPointer(rebasing: memory[offset..<offset + size]))
        }
      }
      #expect(throws: Never.self) {
        try problem.evaluate(
          at: UnsafeBufferPointer(rebasing: memory[..<size]),
          gradient: UnsafeMutableBufferPointer(rebasing: memory[size...]))
      }
    }
  }

  @Test func targetsThatAModelCannotLearn() throws {
    func table(_ targets: [Double]) throws -> Dataset {
      try Dataset(features: targets.map { _ in 1 }, columns: 1, targets: targets)
    }
    for (targets, row) in [([0, 1, 2], 2), ([0.5], 0), ([1, -1, 0], 2), ([0, 1, -2], 2)] as [([Double], Int)] {
      #expect {
        try LogisticRegression(table(targets))
      } throws: { error in
        guard case .target(row, targets[row], _)? = error as? ProblemError else { return false }
        return true
      }
    }
    for targets in [[0, 1, 1], [-1, 1], [1, 1], [0], [-1]] as [[Double]] {
      #expect(throws: Never.self) { try LogisticRegression(table(targets)) }
    }
    for (targets, row) in [([0, 1.5], 1), ([-1, 1], 0), ([0, 1e300], 1), ([0, 2], 1)] as [([Double], Int)] {
      #expect {
        try SoftmaxRegression(table(targets))
      } throws: { error in
        guard case .target(row, targets[row], _)? = error as? ProblemError else { return false }
        return true
      }
    }
    #expect(try SoftmaxRegression(table([0, 1, 1])).classCount == 2)
    #expect(try SoftmaxRegression(table([0, 0]), classCount: 5).classCount == 5)
    #expect(throws: ProblemError.self) { try SoftmaxRegression(table([0, 0])) }
    #expect(throws: ProblemError.self) { try SoftmaxRegression(table([0, 3]), classCount: 3) }
    for penalty in [-1e-300, .nan, .infinity] {
      #expect(throws: ProblemError.self) { try LinearRegression(table([1]), penalty: penalty) }
    }
  }

  @Test func aTableWithOtherColumnsCannotBePredicted() throws {
    let (problem, parameters) = try RandomRegression(kind: .linear, rows: 9, columns: 4).make()
    let table = try Dataset(features: [1, 2, 3], columns: 3, targets: [1])
    #expect(throws: ProblemError.columnCount(expected: 4, found: 3)) {
      try problem.scores(for: table, at: problem.named(parameters))
    }
  }

  // MARK: - Quality

  @Test func rSquaredIsOneLessTheShareOfTheResiduals() throws {
    let data = try Dataset(features: [0, 1, 2, 3], columns: 1, targets: [1, 3, 4, 4])
    let problem = try LinearRegression(data)
    // The line 1.5 + x leaves (0.5, -0.5, -0.5, 0.5), a sum of squares of 1; around the mean 3 it is 6.
    let fit = try problem.quality(on: data, at: problem.named([1, 1.5]))
    #expect(fit.meanSquaredError == 0.25)
    #expect(abs(fit.rSquared - 5.0 / 6) <= 1e-15)
    #expect(try problem.quality(on: data, at: problem.named([0, 3])).rSquared == 0)
    let constant = try Dataset(features: [1, 2], columns: 1, targets: [5, 5])
    #expect(try problem.quality(on: constant, at: problem.named([0, 5])).rSquared == 1)
    #expect(try problem.quality(on: constant, at: problem.named([0, 4])).rSquared == 0)
  }

  @Test func countsOfRightClasses() throws {
    let binary = try Dataset(features: [-2, -1, 1, 2], columns: 1, targets: [0, 1, 1, 0])
    let logistic = try LogisticRegression(binary)
    let found = try logistic.quality(on: binary, at: logistic.named([1, 0]))
    #expect(found.correct == 2 && found.count == 4 && found.accuracy == 0.5)
    let classes = try Dataset(features: [-2, -1, 1, 2], columns: 1, targets: [0, 1, 2, 2])
    let softmax = try SoftmaxRegression(classes)
    let parameters = try softmax.named([-1, 0, 1, 0, 0.5, 0])
    #expect(try softmax.predictedClasses(for: classes, at: parameters) == [0, 0, 2, 2])
    #expect(try softmax.quality(on: classes, at: parameters).correct == 3)
  }

  // MARK: - A regression of one's own

  @Test func aLossFromOutsideIsARegression() throws {
    struct PoissonRegression: Regression {
      let model: LinearModel
      var largestCurvature: Double { .infinity }

      func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double {
        var total = 0.0
        for i in scores.indices {
          let (mean, count) = (exp(scores[i]), model.data.targets[rows[i]])
          total += mean - count * scores[i]
          scores[i] = mean - count
        }
        return total
      }
    }
    let data = try Dataset(features: [0, 1, 2, 0, 1, 2], columns: 1, targets: [1, 2, 5, 0, 3, 4])
    let problem = PoissonRegression(model: try LinearModel(data, penalty: 0.1))
    #expect(try problem.gradientError(at: [0.3, -0.2]) <= 1e-8)
    #expect(try problem.smoothness() == .infinity)
  }
}

/// The bits of a value and its gradient, over all rows and over a list of them.
private func hashOfBits(_ regression: RandomRegression) throws -> UInt64 {
  let (problem, parameters) = try regression.make()
  var gradient = parameters
  var workspace = RegressionWorkspace()
  var hash: UInt64 = 14_695_981_039_346_656_037
  for rows in [RowSelection.all, .indices(RowOrder(rowCount: regression.rows, seed: 5).rows[...])] {
    let value = try problem.evaluate(rows, at: parameters, gradient: &gradient, workspace: &workspace)
    for number in [value] + gradient { hash = (hash ^ number.bitPattern) &* 1_099_511_628_211 }
  }
  return hash
}

extension Array {
  fileprivate func shuffledBySeed(_ seed: UInt64) -> [Element] {
    var generator = SeededGenerator(seed: seed)
    return shuffled(using: &generator)
  }
}
