import Foundation
import TestSupport
import Testing

/// The contents of lrsearch.json.
struct SearchReference: Decodable {
  struct Split: Decodable, CustomTestStringConvertible {
    let n: Int
    let k: Int
    let contiguous: [[Int]]
    let interleaved: [[Int]]

    var testDescription: String { "\(n) rows, \(k) folds" }
  }

  struct Grid: Decodable, CustomTestStringConvertible {
    let id: String
    let objective: String
    let rows: ReferenceTensor
    let targets: [Double]
    let folds: Int
    let split: String
    let steps: Int
    let batch: Int?
    let learningRates: [Double]
    let lossByFold: [[ReferenceNumber]]
    let meanLoss: [ReferenceNumber]
    let bestIndex: Int

    private enum CodingKeys: String, CodingKey {
      case id, objective, folds, split, steps, batch
      case rows = "X"
      case targets = "y"
      case learningRates = "learning_rates"
      case lossByFold = "validation_loss_by_fold"
      case meanLoss = "mean_validation_loss"
      case bestIndex = "best_index"
    }

    var testDescription: String { id }
    var model: LinearModel { LinearModel(rows: rows, targets: targets, objective: objective) }
  }

  struct Range: Decodable, CustomTestStringConvertible {
    let id: String
    let objective: String
    let rows: ReferenceTensor
    let targets: [Double]
    let steps: Int
    let from: Double
    let to: Double
    let smoothing: Double
    let divergenceFactor: Double
    let learningRates: [Double]
    let losses: [Double]
    let smoothed: [Double]
    let stoppedAt: Int
    let steepestIndex: Int
    let steepestRate: Double
    let minimumIndex: Int
    let minimumRateOverTen: Double

    private enum CodingKeys: String, CodingKey {
      case id, objective, steps, smoothing, losses, smoothed
      case rows = "X"
      case targets = "y"
      case from = "lr_start"
      case to = "lr_end"
      case divergenceFactor = "diverge_factor"
      case learningRates = "learning_rates"
      case stoppedAt = "stopped_at"
      case steepestIndex = "steepest_index"
      case steepestRate = "steepest_lr"
      case minimumIndex = "min_index"
      case minimumRateOverTen = "min_lr_over_10"
    }

    var testDescription: String { id }
    var model: LinearModel { LinearModel(rows: rows, targets: targets, objective: objective) }
  }

  let splits: [Split]
  let grids: [Grid]
  let rangeTests: [Range]

  private enum CodingKeys: String, CodingKey {
    case splits, grids
    case rangeTests = "range_tests"
  }

  static let all: SearchReference = {
    do {
      return try ReferenceFile.load("lrsearch", as: SearchReference.self)
    } catch {
      fatalError("Tests/Reference/lrsearch.json: \(error)")
    }
  }()
}

/// The two objectives of the file, as plain loops.
struct LinearModel: Sendable {
  let rows: [[Double]]
  let targets: [Double]
  let isLogistic: Bool

  init(rows: ReferenceTensor, targets: [Double], objective: String) {
    let width = rows.shape[1]
    self.rows = (0..<rows.shape[0]).map { Array(rows.elements[$0 * width..<($0 + 1) * width]) }
    self.targets = targets
    isLogistic = objective == "mean log(1+exp(-y x.w))"
    precondition(isLogistic || objective == "mean (x.w-y)^2/2")
  }

  var width: Int { rows[0].count }

  func loss(_ w: [Double], on selection: [Int]) -> Double {
    mean(selection) { row in
      let score = product(row, w)
      if !isLogistic { return (score - targets[row]) * (score - targets[row]) / 2 }
      let margin = targets[row] * score
      return max(-margin, 0) + log1p(exp(-abs(margin)))
    }
  }

  func gradient(_ w: [Double], on selection: [Int]) -> [Double] {
    w.indices.map { column in
      mean(selection) { row in
        let score = product(row, w)
        let slope = isLogistic ? -targets[row] / (1 + exp(targets[row] * score)) : score - targets[row]
        return slope * rows[row][column]
      }
    }
  }

  private func product(_ row: Int, _ w: [Double]) -> Double { zip(rows[row], w).reduce(0) { $0 + $1.0 * $1.1 } }

  private func mean(_ selection: [Int], _ term: (Int) -> Double) -> Double {
    selection.reduce(0) { $0 + term($1) } / Double(selection.count)
  }
}
