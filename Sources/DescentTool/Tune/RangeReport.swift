internal import Descent
internal import Foundation

/// What a range test found.
struct RangeReport: Encodable {
  /// What one reading of the curve suggests, or why it suggests nothing.
  struct Reading: Encodable {
    let name: String
    let learningRate: Double?
    let reason: String?

    init(_ name: String, _ suggestion: Suggestion) {
      (self.name, learningRate, reason) = (name, suggestion.learningRate, suggestion.refusal?.description)
    }
  }

  var search = SearchKind.range.rawValue
  let model: String
  let data: String
  let rows: Int
  let rates: String
  let seed: UInt64
  let steps: Int
  let passes: Int
  let batchSize: Int
  let smoothing: Double
  let learningRates: [Double]
  let losses: [Double]
  let smoothed: [Double]
  let end: String
  let suggestions: [Reading]
  /// What fits the model with the first suggestion; nil where there is none.
  let command: String?
  var remarks: [String] = []

  init(_ setup: FitSetup, batchSize: Int, rows: Int, _ result: RangeTestResult) {
    let test = result.test
    (model, data, self.rows, self.batchSize) = (setup.model.model.rawValue, setup.data, rows, batchSize)
    (rates, seed) = (RateCandidates.range(from: test.from, to: test.to).description, setup.model.seed)
    (steps, passes, smoothing) = (test.steps, test.passes, test.smoothing)
    (learningRates, losses, smoothed) = (result.curve.learningRates, result.curve.losses, result.curve.smoothed)
    end =
      switch result.end {
      case .completed: "after all rates"
      case .diverged(let rate, let reason): String(format: "at a rate of %.4g: ", rate) + reason
      case .cancelled: "by an interruption"
      }
    suggestions = [
      Reading("steepest", result.steepest), Reading("minimum / 10", result.tenthOfMinimum),
      Reading("divergence / 10", result.decadeBelowDivergence),
    ]
    var setup = setup
    setup.learningRate = suggestions.compactMap(\.learningRate).first
    command = setup.learningRate == nil ? nil : setup.command
    if command == nil { remarks = ["the curve vouches for no rate; what is wrong with it stands above"] }
  }

  var text: String {
    let batch = batchSize == rows ? "the full batch of \(rows) rows" : "batches of \(batchSize) of \(rows) rows"
    var lines = [
      ("search", "range test, \(steps) rates from \(rates), \(batch)" + (passes > 1 ? ", \(passes) passes" : "")),
      ("ended", end),
    ]
    for reading in suggestions {
      lines.append(
        (reading.name, reading.learningRate.map { String(format: "%.6g", $0) } ?? "no rate: " + (reading.reason ?? "")))
    }
    lines += remarks.map { ("but", $0) }
    if let command { lines.append(("fit with it", command)) }
    return lines.map(TitledLine.of).joined(separator: "\n")
  }
}
