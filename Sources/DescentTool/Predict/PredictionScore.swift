internal import Foundation
internal import Problems

/// How well predictions meet the targets of their rows.
struct PredictionScore {
  let name: String
  let value: Double
  let correct: Int?
  private let rows: Int
  /// Rows of classes that the model does not know, and one of these.
  private let unknown: (rows: Int, class: Double)?

  init(_ prediction: Prediction, targets: [Double]) {
    rows = targets.count
    guard !prediction.classes.isEmpty else {
      name = "r2"
      value = RegressionQuality(predictions: prediction.targets, targets: targets).rSquared
      (correct, unknown) = (nil, nil)
      return
    }
    let correct = zip(prediction.targets, targets).count { $0 == $1 }
    let strangers = targets.filter { !prediction.classes.contains($0) }
    name = "accuracy"
    value = Double(correct) / Double(rows)
    self.correct = correct
    unknown = strangers.first.map { (strangers.count, $0) }
  }

  var text: String {
    guard let correct else { return String(format: "r2 %.6g over ", value) + counted(rows, "row") }
    let unknown = unknown.map { "; \($0.rows) have a class that the model does not know, such as \($0.class)" } ?? ""
    return String(format: "accuracy %.2f %% (%d of %d)", 100 * value, correct, rows) + unknown
  }
}
