internal import Descent
internal import Foundation
internal import Problems

/// A fitted model on disk: JSON with the weights by name, and all that is needed to use them on rows of a file.
struct ModelFile: Codable {
  var format = "descent-model/1"
  var model: ModelKind
  var target: String
  var features: [String]
  /// The shift and scale of the features before the weights, if they were standardised.
  var standardisation: Standardisation?
  /// features × outputs, row after row.
  var weights: [Double]
  var bias: [Double]
  var l2: Double

  init(_ fit: Fit) {
    let problem = fit.problem
    model = problem.kind
    target = problem.training.targetName
    features = problem.training.featureNames
    standardisation = problem.standardisation
    weights = fit.weights["weights"]?.elements ?? []
    bias = fit.weights["bias"]?.elements ?? []
    l2 = problem.l2
  }

  /// Writes the file whole, or leaves what was there.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
