internal import Descent
internal import Foundation
internal import Problems

/// What a model says of some rows.
struct Prediction {
  /// The predicted target of each row; for classifiers that of the class.
  let targets: [Double]
  /// The targets of the classes; none for a linear model.
  let classes: [Double]
  /// z = x W + b, so many for each row.
  private let scores: [Double]
  private let outputs: Int

  /// - Parameter rows: shifted and scaled as the model wants them.
  init(of rows: Dataset, by file: ModelFile) throws {
    let (features, outputs) = (file.features.count, file.outputs)
    let weights = try Tensor(file.weights, shape: outputs == 1 ? [features] : [features, outputs])
    let bias = file.bias.isEmpty ? [] : [("bias", Tensor(file.bias))]
    let parameters = try ParameterSet([("weights", weights)] + bias)
    // Scores are the same for all models; the row only says how many columns there are.
    let row = try Dataset(features: Array(repeating: 0, count: features), columns: features, targets: [0])
    let regression: any Regression =
      outputs == 1
      ? try LinearRegression(row, hasIntercept: !file.bias.isEmpty)
      : try SoftmaxRegression(row, classCount: outputs, hasIntercept: !file.bias.isEmpty)
    scores = try regression.scores(for: rows, at: parameters)
    (classes, self.outputs) = (file.classTargets, outputs)
    switch file.model {
    case .linear: targets = scores
    case .logistic: targets = scores.map { [classes] in classes[$0 > 0 ? 1 : 0] }
    case .softmax:
      targets = stride(from: 0, to: scores.count, by: outputs).map { [scores, classes] first in
        var best = first
        for i in first..<first + outputs where scores[i] > scores[best] { best = i }
        return classes[best - first]
      }
    }
  }

  /// The probability of each class for a row; none for a linear model.
  func probabilities(ofRow row: Int) -> [Double] {
    if classes.isEmpty { return [] }
    if outputs == 1 {
      // Neither of the two is formed as 1 less the other, which would lose the small one.
      return [1 / (1 + exp(scores[row])), 1 / (1 + exp(-scores[row]))]
    }
    let rowScores = scores[row * outputs..<(row + 1) * outputs]
    let largest = rowScores.max() ?? 0
    let weights = rowScores.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
