public import Tensors

/// A model whose objective is the mean loss of rows of a table plus a penalty, through the scores of a ``LinearModel``.
///
/// A regression of one's own needs the model and the loss, no more. Poisson regression, for counts y:
///
///     struct PoissonRegression: Regression {
///       let model: LinearModel
///       var largestCurvature: Double { .infinity }
///
///       func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double {
///         var total = 0.0
///         for i in scores.indices {
///           let (mean, count) = (exp(scores[i]), model.data.targets[rows[i]])
///           total += mean - count * scores[i]
///           scores[i] = mean - count
///         }
///         return total
///       }
///     }
public protocol Regression: Problem {
  /// The table, the number of scores of a row, and the penalty.
  var model: LinearModel { get }

  /// A bound on the second derivative of the loss of one row along any direction of its scores.
  var largestCurvature: Double { get }

  /// Adds up the losses of the rows of a block, and replaces each score by the derivative of its row's loss.
  ///
  /// - Parameters:
  ///   - scores: `model.outputs` numbers for each row of the block, row after row.
  ///   - rows: the rows of the table that the scores belong to.
  /// - Returns: the sum of the losses, not yet divided by anything.
  func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double
}

extension Regression {
  /// The names and shapes of the parameters: `weights`, and `bias` unless the model goes through the origin.
  public var layout: Layout { model.layout }

  // MARK: - Mini-batches

  /// The objective over some rows at named parameters; the gradient is written over `gradient`.
  ///
  /// Products are formed in fixed blocks that OpenBLAS does not divide among threads, and added in the order of the
  /// rows, so the bits depend on the rows and the parameters only. Nothing is allocated after the first call with a
  /// workspace, unless `gradient` shares its memory with a copy.
  /// - Throws: ``ProblemError`` before anything is written.
  public func evaluate(
    _ rows: RowSelection, at parameters: ParameterSet<Double>, gradient: inout ParameterSet<Double>,
    workspace: inout RegressionWorkspace
  ) throws(ProblemError) -> Double {
    try checkLayouts(parameters.layout, gradient.layout)
    _ = try rows.checkedCount(of: model.data.rowCount)
    let offsets = layout.entries
    let slab = gradient.mutableBase()
    return try model.evaluate(
      rows, at: pointers(in: parameters),
      gradient: LinearGradient(
        weights: slab + offsets[0].offset, bias: model.hasIntercept ? slab + offsets[1].offset : nil),
      workspace: &workspace
    ) { replaceBySlopes($0, of: $1) }
  }

  /// The objective over some rows at packed parameters, weights first; the gradient is written over `gradient`.
  ///
  /// The same bits as for named parameters.
  /// - Throws: ``ProblemError`` before anything is written, also for memory that overlaps.
  public func evaluate(
    _ rows: RowSelection, at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>,
    workspace: inout RegressionWorkspace
  ) throws(ProblemError) -> Double {
    try checkPacked(parameters, gradient)
    let weightCount = layout.entries[0].count
    guard let x = parameters.baseAddress, let g = gradient.baseAddress else { preconditionFailure("no parameters") }
    return try model.evaluate(
      rows, at: LinearParameters(weights: x, bias: model.hasIntercept ? x + weightCount : nil),
      gradient: LinearGradient(weights: g, bias: model.hasIntercept ? g + weightCount : nil),
      workspace: &workspace
    ) { replaceBySlopes($0, of: $1) }
  }

  /// The objective over some rows at packed parameters, weights first; the gradient is written over `gradient`.
  public func evaluate(
    _ rows: RowSelection, at parameters: [Double], gradient: inout [Double], workspace: inout RegressionWorkspace
  ) throws(ProblemError) -> Double {
    try parameters.withUnsafeBufferPointer { (parameters) throws(ProblemError) in
      try gradient.withUnsafeMutableBufferPointer { (gradient) throws(ProblemError) in
        try evaluate(rows, at: parameters, gradient: gradient, workspace: &workspace)
      }
    }
  }

  /// The objective over some rows, without the gradient.
  public func objective(
    _ rows: RowSelection = .all, at parameters: ParameterSet<Double>, workspace: inout RegressionWorkspace
  ) throws(ProblemError) -> Double {
    try checkLayouts(parameters.layout, layout)
    return try model.evaluate(
      rows, at: pointers(in: parameters), gradient: nil, workspace: &workspace
    ) { replaceBySlopes($0, of: $1) }
  }

  // MARK: - The full batch, with memory of its own

  /// The objective over all rows at packed parameters; the gradient is written over `gradient`.
  public func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double {
    var workspace = RegressionWorkspace()
    return try evaluate(.all, at: parameters, gradient: gradient, workspace: &workspace)
  }

  /// The objective over all rows at named parameters; the gradient is written over `gradient`.
  public func evaluate(
    at parameters: ParameterSet<Double>, gradient: inout ParameterSet<Double>
  ) throws(ProblemError) -> Double {
    var workspace = RegressionWorkspace()
    return try evaluate(.all, at: parameters, gradient: &gradient, workspace: &workspace)
  }

  /// The objective over all rows at named parameters.
  public func objective(at parameters: ParameterSet<Double>) throws(ProblemError) -> Double {
    var workspace = RegressionWorkspace()
    return try objective(.all, at: parameters, workspace: &workspace)
  }

  // MARK: - Scores

  /// The scores z = x W + b of every row of a table, `model.outputs` for each row, row after row.
  /// - Throws: ``ProblemError/columnCount(expected:found:)`` for a table with other columns than the model's.
  public func scores(for data: Dataset, at parameters: ParameterSet<Double>) throws(ProblemError) -> [Double] {
    try checkLayouts(parameters.layout, layout)
    if data.columnCount != model.data.columnCount {
      throw .columnCount(expected: model.data.columnCount, found: data.columnCount)
    }
    var result: [Double] = []
    result.reserveCapacity(data.rowCount * model.outputs)
    var workspace = RegressionWorkspace()
    try model.forEachBlock(
      of: data, .all, count: data.rowCount, at: pointers(in: parameters), workspace: &workspace
    ) { (_, scores, _) throws(BLASError) in result += scores }
    return result
  }

  private func pointers(in parameters: ParameterSet<Double>) -> LinearParameters {
    let entries = layout.entries
    let slab = UnsafePointer(parameters.storage.buffer.base)
    return LinearParameters(
      weights: slab + entries[0].offset, bias: model.hasIntercept ? slab + entries[1].offset : nil)
  }
}
