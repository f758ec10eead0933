public import Tensors

/// What all regressions share: rows of features x, scores z = x W + b, and a penalty on the weights W.
///
/// The objective is the mean loss of the selected rows plus `penalty` / 2 times the sum of the squares of W; the
/// intercept b is not penalised. The gradient of a mini-batch is the mean over its rows plus the gradient of the whole
/// penalty, so its expectation is the gradient of the full objective.
public struct LinearModel: Sendable, Equatable {
  /// The table.
  public let data: Dataset

  /// The number of scores of a row.
  public let outputs: Int

  /// The factor of the penalty, lambda.
  public let penalty: Double

  /// Whether there is an intercept b.
  public let hasIntercept: Bool

  /// The tensors `weights`, of shape [features] for one output and [features, outputs] for more, and `bias`, of shape
  /// [outputs].
  public let layout: Layout

  private let blocks: ProductBlocks

  /// - Throws: ``ProblemError`` for a penalty that is negative or not finite, and for no output.
  public init(
    _ data: Dataset, outputs: Int = 1, penalty: Double = 0, hasIntercept: Bool = true
  ) throws(ProblemError) {
    guard penalty >= 0 && penalty.isFinite else {
      throw .invalid("the penalty", value: penalty, expected: "it must be finite and not negative")
    }
    guard outputs >= 1 else {
      throw .invalid("the number of outputs", value: Double(outputs), expected: "it must be at least 1")
    }
    let weights = outputs == 1 ? [data.columnCount] : [data.columnCount, outputs]
    do {
      layout = try Layout([("weights", weights)] + (hasIntercept ? [("bias", [outputs])] : []))
    } catch {
      throw .invalid("the number of outputs", value: Double(outputs), expected: "the weights must fit in memory")
    }
    self.data = data
    self.outputs = outputs
    self.penalty = penalty
    self.hasIntercept = hasIntercept
    blocks = ProductBlocks(columns: data.columnCount, outputs: outputs)
  }
}

// MARK: - Evaluation

/// The parameters of a linear model where they lie.
struct LinearParameters {
  let weights: UnsafePointer<Double>
  let bias: UnsafePointer<Double>?
}

/// The gradient of a linear model where it is written.
struct LinearGradient {
  let weights: UnsafeMutablePointer<Double>
  let bias: UnsafeMutablePointer<Double>?
}

extension LinearModel {
  /// The objective, and its gradient if there is memory for it.
  ///
  /// Blocks of rows are taken in the order of the selection, and what they contribute is added in that order, so the
  /// result does not depend on threads, and consecutive rows give the same bits as a list of them.
  func evaluate(
    _ selection: RowSelection, at parameters: LinearParameters, gradient: LinearGradient?,
    workspace: inout RegressionWorkspace, loss: (UnsafeMutableBufferPointer<Double>, RowBlock) -> Double
  ) throws(ProblemError) -> Double {
    let count = try selection.checkedCount(of: data.rowCount)
    let weightCount = data.columnCount * outputs
    if let gradient {
      // Without a penalty the weights are not looked at: 0 times an infinity would be NaN.
      for i in 0..<weightCount { gradient.weights[i] = penalty == 0 ? 0 : penalty * parameters.weights[i] }
      if let bias = gradient.bias { bias.update(repeating: 0, count: outputs) }
    }
    let rowShare = 1 / Double(count)
    var total = 0.0
    try forEachBlock(
      of: data, selection, count: count, at: parameters, workspace: &workspace
    ) { (features, scores, rows) throws(BLASError) in
      total += loss(scores, rows)
      guard let gradient else { return }
      for i in scores.indices { scores[i] *= rowShare }
      try add(scores, times: features, rows: rows.count, to: gradient)
    }
    let weights = UnsafeBufferPointer(start: parameters.weights, count: weightCount)
    return total * rowShare + (penalty == 0 ? 0 : penalty / 2 * sumOfSquares(weights))
  }

  /// Calls `body` with the features and the scores of one block after the other.
  func forEachBlock(
    of data: Dataset, _ selection: RowSelection, count: Int, at parameters: LinearParameters,
    workspace: inout RegressionWorkspace,
    _ body: (UnsafePointer<Double>, UnsafeMutableBufferPointer<Double>, RowBlock) throws(BLASError) -> Void
  ) throws(ProblemError) {
    let columns = data.columnCount
    let isGathered = if case .indices = selection { true } else { false }
    workspace.reserve(
      features: isGathered ? blocks.rows * columns : 0, weights: outputs == 1 ? 0 : columns * outputs,
      scores: blocks.rows * outputs)
    if outputs > 1 { transpose(parameters.weights, into: &workspace.weights) }
    do throws(BLASError) {
      try data.features.withUnsafeBufferPointer { (table) throws(BLASError) in
        try workspace.weights.withUnsafeBufferPointer { (transposed) throws(BLASError) in
          try workspace.features.withUnsafeMutableBufferPointer { (gathered) throws(BLASError) in
            try workspace.scores.withUnsafeMutableBufferPointer { (allScores) throws(BLASError) in
              let weights = outputs == 1 ? parameters.weights : transposed.baseAddress!
              for first in stride(from: 0, to: count, by: blocks.rows) {
                let rows = selection.block(first: first, count: min(blocks.rows, count - first))
                let features = LinearModel.features(of: rows, in: table, columns: columns, gathered: gathered)
                let scores = UnsafeMutableBufferPointer(rebasing: allScores[..<(rows.count * outputs)])
                try score(features, rows: rows.count, transposedWeights: weights, parameters.bias, into: scores)
                try body(features, scores, rows)
              }
            }
          }
        }
      }
    } catch {
      throw .blas(error)
    }
  }

  /// Where the features of a block lie one row after the other: in the table, or in a copy of scattered rows.
  private static func features(
    of rows: RowBlock, in table: UnsafeBufferPointer<Double>, columns: Int,
    gathered: UnsafeMutableBufferPointer<Double>
  ) -> UnsafePointer<Double> {
    switch rows {
    case .consecutive(let range):
      return table.baseAddress! + range.lowerBound * columns
    case .scattered(let list):
      for (position, row) in list.enumerated() {
        (gathered.baseAddress! + position * columns)
          .update(from: table.baseAddress! + row * columns, count: columns)
      }
      return UnsafePointer(gathered.baseAddress!)
    }
  }

  private func transpose(_ weights: UnsafePointer<Double>, into transposed: inout [Double]) {
    let columns = data.columnCount
    for output in 0..<outputs {
      for column in 0..<columns { transposed[output * columns + column] = weights[column * outputs + output] }
    }
  }

  /// z = x W + b for a block.
  ///
  /// The weights come transposed, because OpenBLAS's kernels for small products of two matrices as they are stored take
  /// memory from the heap in every call (0.3.21, AVX-512); those for a transposed operand take none.
  private func score(
    _ features: UnsafePointer<Double>, rows: Int, transposedWeights: UnsafePointer<Double>,
    _ bias: UnsafePointer<Double>?, into scores: UnsafeMutableBufferPointer<Double>
  ) throws(BLASError) {
    for row in 0..<rows {
      for output in 0..<outputs { scores[row * outputs + output] = bias?[output] ?? 0 }
    }
    try forEachPart { (column, columns, output, outputs) throws(BLASError) in
      let x = matrix(features + column, rows: rows, columns: columns, leading: data.columnCount)
      let w = matrix(
        transposedWeights + output * data.columnCount + column, rows: outputs, columns: columns,
        leading: data.columnCount)
      let z = UnsafeMutableBufferPointer(rebasing: scores[output...])
      if self.outputs == 1 {
        try BLAS.gemv(
          rows: rows, columns: columns, x, leadingDimension: data.columnCount, w, beta: 1, into: z)
      } else {
        try BLAS.gemm(
          .no, .yes, m: rows, n: outputs, k: columns, x, leadingA: data.columnCount, w,
          leadingB: data.columnCount, beta: 1, into: z, leadingC: self.outputs)
      }
    }
  }

  /// Adds the transposed features times the slopes to the gradient of the weights, and the slopes to that of b.
  private func add(
    _ slopes: UnsafeMutableBufferPointer<Double>, times features: UnsafePointer<Double>, rows: Int,
    to gradient: LinearGradient
  ) throws(BLASError) {
    try forEachPart { (column, columns, output, outputs) throws(BLASError) in
      let x = matrix(features + column, rows: rows, columns: columns, leading: data.columnCount)
      let g = UnsafeMutableBufferPointer(
        start: gradient.weights + column * self.outputs + output, count: (columns - 1) * self.outputs + outputs)
      let s = UnsafeBufferPointer(rebasing: slopes[output...])
      if self.outputs == 1 {
        try BLAS.gemv(
          .yes, rows: rows, columns: columns, x, leadingDimension: data.columnCount, s, beta: 1, into: g)
      } else {
        try BLAS.gemm(
          .yes, .no, m: columns, n: outputs, k: rows, x, leadingA: data.columnCount, s, leadingB: self.outputs,
          beta: 1, into: g, leadingC: self.outputs)
      }
    }
    guard let bias = gradient.bias else { return }
    for row in 0..<rows {
      for output in 0..<outputs { bias[output] += slopes[row * outputs + output] }
    }
  }

  private func forEachPart(
    _ body: (_ column: Int, _ columns: Int, _ output: Int, _ outputs: Int) throws(BLASError) -> Void
  ) throws(BLASError) {
    for output in stride(from: 0, to: outputs, by: blocks.outputs) {
      for column in stride(from: 0, to: data.columnCount, by: blocks.columns) {
        try body(
          column, min(blocks.columns, data.columnCount - column), output, min(blocks.outputs, outputs - output))
      }
    }
  }

  private func matrix(
    _ base: UnsafePointer<Double>, rows: Int, columns: Int, leading: Int
  ) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: base, count: (rows - 1) * leading + columns)
  }
}

/// The sum of squares in tiles of 8192 elements, below the length at which OpenBLAS starts threads.
func sumOfSquares(_ x: UnsafeBufferPointer<Double>) -> Double {
  var sum = 0.0
  for first in stride(from: 0, to: x.count, by: 8192) {
    let tile = UnsafeBufferPointer(rebasing: x[first..<min(first + 8192, x.count)])
    sum += BLAS.dot(tile, tile)
  }
  return sum
}
