import Descent
import Foundation
import Problems
import TestSupport
import Testing

/// The search for a rate on the data sets of Examples/Data, from the table to the choice.
@Suite struct RealDataTests {
  struct Fit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let regression: @Sendable (Dataset) throws -> any Regression

    static let all = [
      Fit(testDescription: "digits") { try SoftmaxRegression($0, penalty: 1e-3) },
      Fit(testDescription: "breast_cancer") { try LogisticRegression($0, penalty: 1e-3) },
      Fit(testDescription: "diabetes") { try LinearRegression($0, penalty: 1e-3) },
    ]

    func load() throws -> any Regression {
      let path = ReferenceFile.repository.appending(path: "Examples/Data/\(testDescription).csv").path
      let table = try Dataset(contentsOfCSV: path)
      return try regression(Standardisation(fitting: table).applied(to: table))
    }
  }

  private static let batchSize = 32

  /// One short range test with the settings it comes with finds a rate whose cross-validated loss is within a fifth of
  /// the best of a grid over five decades, and cheaper: 100 steps against 11 times 5 times 5 epochs.
  @Test(arguments: Fit.all)
  func theSteepestRateIsNearlyAsGoodAsTheBestOfACrossValidatedGrid(_ fit: Fit) throws {
    let problem = try fit.load()
    let rows = problem.model.data.rowCount
    let suggested = try #require(try rangeTest(problem).steepest.learningRate)

    let rates = (-8...2).map { Configuration.Value.number(pow(10, Double($0) / 2)) } + [.number(suggested)]
    let study = Study(
      fit.testDescription, space: ["learningRate": .choice(of: rates)], search: .grid(points: 1), seed: 5)
    let folds =
      fit.testDescription == "diabetes"
      ? try Folds.contiguous(rows: rows, count: 5) : try Folds.stratified(by: problem.model.data.targets, count: 5)
    let result = try study.crossValidate(over: folds) { configuration, fold, context in
      try validationLoss(problem, rate: try configuration.number("learningRate"), fold, seed: context.commonSeed)
    }
    let best = try #require(result.best)
    #expect(result.isComplete && result.scores.count == 12)
    #expect(result.scores[11].mean <= 1.2 * best.mean, "\(suggested): \(result.scores[11].mean), best \(best)")
    // No larger rate within a standard error was passed over.
    let chosen = try #require(result.largest("learningRate"))
    for score in result.scores where score.mean <= best.mean + best.standardError! {
      #expect(try score.configuration.number("learningRate") <= chosen.configuration.number("learningRate"))
    }
  }

  private func rangeTest(_ problem: any Regression) throws -> RangeTestResult {
    let rows = problem.model.data.rowCount
    let start = ParameterSet<Double>(zeros: problem.layout)
    var gradients = start
    var workspace = RegressionWorkspace()
    var order = RowOrder(rowCount: rows, seed: 1)
    order.shuffle(epoch: 0)
    return try RangeTest().run(parameters: start) {
      try Optimizer(SGD(momentum: 0.9), learningRate: $0, for: problem.layout)
    } evaluate: { parameters, step in
      let first = step.index * Self.batchSize % (rows - Self.batchSize)
      let batch = RowSelection.indices(order.rows[first..<first + Self.batchSize])
      return (try problem.evaluate(batch, at: parameters, gradient: &gradients, workspace: &workspace), gradients)
    }
  }

  private func validationLoss(_ problem: any Regression, rate: Double, _ fold: Fold, seed: UInt64) throws -> Double {
    var parameters = ParameterSet<Double>(zeros: problem.layout)
    var gradients = parameters
    var workspace = RegressionWorkspace()
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: LearningRate(.constant(rate)), for: problem.layout)
    var generator = TrialGenerator(seed: seed)
    for _ in 0..<5 {
      let order = fold.training.shuffled(using: &generator)
      for first in stride(from: 0, through: order.count - Self.batchSize, by: Self.batchSize) {
        let batch = RowSelection.indices(order[first..<first + Self.batchSize])
        _ = try problem.evaluate(batch, at: parameters, gradient: &gradients, workspace: &workspace)
        try optimizer.step(&parameters, gradients: gradients)
      }
    }
    return try problem.objective(.indices(fold.validation[...]), at: parameters, workspace: &workspace)
  }
}
