internal import Descent
internal import Foundation
internal import Problems

/// How a fit ended.
struct FitSummary: Encodable {
  let isComplete: Bool
  let model: String
  let rows: Int
  let testRows: Int?
  let features: Int
  let parameters: Int
  let objective: Double
  let knownMinimum: Double?
  let gap: Double?
  let score: String
  let trainScore: Double
  let trainCorrect: Int?
  let testScore: Double?
  let testCorrect: Int?
  let steps: Int
  let epochs: Int
  let clippedSteps: Int
  let gradientNorm: Double
  let learningRate: Double
  let learningRateFromData: Bool
  let seconds: Double
  let backend: String
  let updatePath: String
  let optimizer: String
  let seed: UInt64
  private let clipsByValue: Bool

  private enum CodingKeys: String, CodingKey {
    case isComplete, model, rows, testRows, features, parameters, objective, knownMinimum, gap, score, trainScore
    case trainCorrect, testScore, testCorrect, steps, epochs, clippedSteps, gradientNorm, learningRate
    case learningRateFromData, seconds, backend, updatePath, optimizer, seed
  }

  init(_ fit: Fit, knownMinimum: Double?) throws {
    var fit = fit
    let problem = fit.problem
    let train = try problem.score(on: problem.training, at: fit.weights)
    let test = try problem.test.map { try problem.score(on: $0, at: fit.weights) }
    let (objective, gradientNorm) = try fit.wholeObjective()
    isComplete = fit.isFinished
    model = problem.kind.rawValue
    rows = problem.training.rowCount
    testRows = problem.test?.rowCount
    features = problem.training.columnCount
    parameters = problem.regression.layout.count
    self.objective = objective
    self.knownMinimum = knownMinimum
    gap = knownMinimum.map { objective - $0 }
    score = train.name
    (trainScore, trainCorrect) = (train.value, train.correct)
    (testScore, testCorrect) = (test?.value, test?.correct)
    steps = fit.optimizer.completedSteps
    epochs = fit.completedEpochs
    clippedSteps = fit.history.clippedSteps
    self.gradientNorm = gradientNorm
    learningRate = fit.lastReport?.learningRate ?? .nan
    learningRateFromData = fit.plan.isRateFromData
    seconds = fit.duration / .seconds(1)
    backend = fit.plan.optimizer.options.backend.rawValue
    optimizer = fit.plan.optimizerName
    updatePath = fit.lastReport?.path.rawValue ?? ""
    seed = problem.seed
    clipsByValue = fit.plan.clipsByValue
  }

  var text: String {
    var lines = [
      (
        "model",
        "\(model), "
          + [counted(features, "feature"), counted(parameters, "parameter"), counted(rows, "row")].joined(
            separator: ", ")
      ),
      ("objective", number(objective, digits: 10)),
    ]
    if let knownMinimum, let gap {
      lines.append(
        (
          "gap",
          "\(short(abs(gap))) \(gap < 0 ? "below" : "above") the known minimum \(number(knownMinimum, digits: 10))"
        ))
    }
    lines.append(("train \(score)", scoreText(trainScore, trainCorrect, of: rows)))
    if let testScore, let testRows { lines.append(("test \(score)", scoreText(testScore, testCorrect, of: testRows))) }
    lines.append(
      (
        "steps",
        "\(steps) in \(counted(epochs, "epoch")), \(clippedSteps) of them clipped"
          + (clipsByValue ? " by the norm" : "")
      ))
    lines.append(("gradient norm", short(gradientNorm)))
    lines.append(
      ("last rate", short(learningRate) + (learningRateFromData ? " (the rate was taken from the data)" : "")))
    lines.append(("time", String(format: "%.2f s, %@ by the %@ backend (%@)", seconds, optimizer, backend, updatePath)))
    return lines.map(TitledLine.of).joined(separator: "\n")
  }

  private func scoreText(_ value: Double, _ correct: Int?, of count: Int) -> String {
    correct.map { String(format: "%.2f %% (%d of %d)", 100 * value, $0, count) } ?? number(value, digits: 6)
  }

  private func number(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)g", value) }
  private func short(_ value: Double) -> String { String(format: "%.2e", value) }
}
