/// Predictions, row after row.
struct PredictionReport: Encodable {
  let target: String
  let predictions: [Double]
  let classes: [Double]?
  let probabilities: [[Double]]?
  let score: String?
  let scoreValue: Double?
  let correct: Int?

  init(_ prediction: Prediction, target: String, withProbabilities: Bool, score: PredictionScore?) {
    self.target = target
    predictions = prediction.targets
    classes = withProbabilities ? prediction.classes : nil
    probabilities = withProbabilities ? prediction.targets.indices.map(prediction.probabilities) : nil
    (self.score, scoreValue, correct) = (score?.name, score?.value, score?.correct)
  }

  func json() throws -> String { try JSONText.of(self) }

  /// A line of names, and one for each row; numbers have all the digits that tell them apart.
  var csv: String {
    var text = ([target] + (classes ?? []).map { "p(\(label($0)))" }).map(field).joined(separator: ",")
    for (row, prediction) in predictions.enumerated() {
      text += "\n" + label(prediction)
      for probability in probabilities?[row] ?? [] { text += ",\(probability)" }
    }
    return text
  }

  /// A number without the point that a whole one does not need.
  private func label(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

  private func field(_ name: String) -> String {
    let needsQuotes = name.contains { ",\"\r\n".contains($0) } || name.first == " " || name.last == " "
    return needsQuotes
      ? "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : name
  }
}
