// The learning rate of a fit, searched by cross-validation and by a range test, in code.
//     swift run -c release --package-path Examples rate-search

import Descent
import Problems

let file = #filePath.replacing("Sources/rate-search/main.swift", with: "Data/breast_cancer.csv")
let table = try Dataset(contentsOfCSV: file)
let regression = try LogisticRegression(Standardisation(fitting: table).applied(to: table), penalty: 1e-3)
let start = ParameterSet<Double>(zeros: regression.layout)
let batchSize = 32

/// The loss of the rows held out, after five epochs over the others.
@Sendable func validationLoss(_ rate: Double, _ fold: Fold, seed: UInt64) throws -> Double {
  var (parameters, gradients, workspace) = (start, start, RegressionWorkspace())
  var optimizer = try Optimizer<Double>(
    SGD(momentum: 0.9), learningRate: LearningRate(.constant(rate)), clipping: .norm(1), for: start.layout)
  var generator = TrialGenerator(seed: seed)
  for _ in 1...5 {
    let rows = fold.training.shuffled(using: &generator)
    for first in stride(from: 0, through: rows.count - batchSize, by: batchSize) {
      let batch = RowSelection.indices(rows[first..<first + batchSize])
      let loss = try regression.evaluate(batch, at: parameters, gradient: &gradients, workspace: &workspace)
      try optimizer.step(&parameters, gradients: gradients, loss: loss)
    }
  }
  return try regression.objective(.indices(fold.validation[...]), at: parameters, workspace: &workspace)
}

// MARK: - A grid of rates, each judged on the rows that were held out

let study = Study(
  "breast_cancer", space: ["learningRate": .logUniform(from: 1e-4, to: 10)], search: .grid(points: 6), seed: 1)
let folds = try Folds.stratified(by: table.targets, count: 5)
let result = try study.crossValidate(over: folds) { configuration, fold, context in
  try validationLoss(try configuration.number("learningRate"), fold, seed: context.commonSeed)
}
for score in result.scores { print(score.configuration, "loss", score.mean, "±", score.standardError ?? 0) }
guard let best = result.best, let largest = result.largest("learningRate") else { fatalError("every rate diverged") }
print("best:", best.configuration, "\nlargest within a standard error:", largest.configuration)

// MARK: - One short run whose rate grows with every step

var (gradients, workspace) = (start, RegressionWorkspace())
var order = RowOrder(rowCount: table.rowCount, seed: 1)
order.shuffle(epoch: 0)
let range = try RangeTest().run(parameters: start) {
  try Optimizer(SGD(momentum: 0.9), learningRate: $0, clipping: .norm(1), for: start.layout)
} evaluate: { parameters, step in
  let first = step.index * batchSize % (table.rowCount - batchSize)
  let batch = RowSelection.indices(order.rows[first..<first + batchSize])
  return (try regression.evaluate(batch, at: parameters, gradient: &gradients, workspace: &workspace), gradients)
}
guard let steepest = range.steepest.learningRate else { fatalError("the range test found no rate") }
print("where the loss of a range test fell fastest:", steepest)
guard best.mean < 0.2, 1e-3 < steepest, steepest < 10 else { fatalError("these are not the rates of these data") }
