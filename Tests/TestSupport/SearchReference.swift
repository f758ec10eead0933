// The contents of lrsearch.json: folds, cross-validated grids and range tests as numpy computes them.

internal import Foundation
internal import Testing

/// The contents of lrsearch.json.
package struct SearchReference: Decodable, Sendable {
  package struct Split: Decodable, Sendable, CustomTestStringConvertible {
    package let n: Int
    package let k: Int
    package let contiguous: [[Int]]
    package let interleaved: [[Int]]

    package var testDescription: String { "\(n) rows, \(k) folds" }
  }

  package struct Grid: Decodable, Sendable, CustomTestStringConvertible {
    package let id: String
    package let objective: String
    package let rows: ReferenceTensor
    package let targets: [Double]
    package let folds: Int
    package let split: String
    package let steps: Int
    package let batch: Int?
    package let learningRates: [Double]
    package let lossByFold: [[ReferenceNumber]]
    package let meanLoss: [ReferenceNumber]
    package let bestIndex: Int

    private enum CodingKeys: String, CodingKey {
      case id, objective, folds, split, steps, batch
      case rows = "X"
      case targets = "y"
      case learningRates = "learning_rates"
      case lossByFold = "validation_loss_by_fold"
      case meanLoss = "mean_validation_loss"
      case bestIndex = "best_index"
    }

    package var testDescription: String { id }
  }

  package struct Range: Decodable, Sendable, CustomTestStringConvertible {
    package let id: String
    package let objective: String
    package let rows: ReferenceTensor
    package let targets: [Double]
    package let steps: Int
    package let from: Double
    package let to: Double
    package let smoothing: Double
    package let divergenceFactor: Double
    package let learningRates: [Double]
    package let losses: [Double]
    package let smoothed: [Double]
    package let stoppedAt: Int
    package let steepestIndex: Int
    package let steepestRate: Double
    package let minimumIndex: Int
    package let minimumRateOverTen: Double

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

    package var testDescription: String { id }
  }

  package let splits: [Split]
  package let grids: [Grid]
  package let rangeTests: [Range]

  private enum CodingKeys: String, CodingKey {
    case splits, grids
    case rangeTests = "range_tests"
  }

  package static let all: SearchReference = {
    do {
      return try ReferenceFile.load("lrsearch", as: SearchReference.self)
    } catch {
      fatalError("Tests/Reference/lrsearch.json: \(error)")
    }
  }()
}

// MARK: - As files

/// The rows and targets of a reference as the text of a CSV file, with all digits.
private func csv(_ rows: ReferenceTensor, _ targets: [Double]) -> String {
  let width = rows.shape[1]
  let header = (0..<width).map { "x\($0)," }.joined() + "y\n"
  return header
    + targets.enumerated().map { row, target in
      rows.elements[row * width..<(row + 1) * width].map { "\($0)," }.joined() + "\(target)\n"
    }.joined()
}

extension SearchReference.Grid {
  /// The data as a CSV file.
  package var csv: String { TestSupport.csv(rows, targets) }
  /// What `descent` calls the model.
  package var modelName: String { objective.contains("log") ? "logistic" : "linear" }
}

extension SearchReference.Range {
  /// The data as a CSV file.
  package var csv: String { TestSupport.csv(rows, targets) }
  /// What `descent` calls the model.
  package var modelName: String { objective.contains("log") ? "logistic" : "linear" }
}
