import Foundation
import TestSupport

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

extension SearchReference.Grid {
  var model: LinearModel { LinearModel(rows: rows, targets: targets, objective: objective) }
}

extension SearchReference.Range {
  var model: LinearModel { LinearModel(rows: rows, targets: targets, objective: objective) }
}
