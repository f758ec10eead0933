public import Tensors

/// Why a problem could not be set up or evaluated. Nothing has been written.
public enum ProblemError: Error, Sendable, Equatable {
  /// The packed parameters have another length than the layout.
  case parameterCount(expected: Int, found: Int)

  /// The memory for the packed gradient has another length than the layout.
  case gradientCount(expected: Int, found: Int)

  /// The parameters or the gradient have other names or shapes.
  case layout(expected: Layout, found: Layout)

  /// The gradient would be written over the parameters.
  case overlap

  /// No row is selected, so there is no mean.
  case noRowsSelected

  /// A selected row does not exist.
  case rowOutOfRange(Int, rowCount: Int)

  /// Data to predict from has another number of columns than the model has weights.
  case columnCount(expected: Int, found: Int)

  /// A target is not one that this model can learn: the row (from 0), the value, and what would be right.
  case target(row: Int, value: Double, expected: String)

  /// A number that describes the problem is out of range: what it is, its value, and what would be right.
  case invalid(String, value: Double, expected: String)

  /// Lengths that describe the problem disagree: of what, and both lengths.
  case lengths(String, expected: Int, found: Int)

  /// A product of matrices could not be formed.
  case blas(BLASError)
}

extension ProblemError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .parameterCount(let expected, let found):
      "\(found) parameters were given where the problem has \(expected)"
    case .gradientCount(let expected, let found):
      "the gradient has room for \(found) elements where the problem has \(expected) parameters"
    case .layout(let expected, let found):
      "parameters \(names(found)) were given where the problem has \(names(expected))"
    case .overlap:
      "parameters and gradient share memory; the gradient needs memory of its own"
    case .noRowsSelected:
      "no row is selected, so there is no mean over rows; select at least one"
    case .rowOutOfRange(let row, let rowCount):
      "row \(row) is selected, but rows are 0 through \(rowCount - 1)"
    case .columnCount(let expected, let found):
      "the data have \(found) columns, but the model was made for \(expected)"
    case .target(let row, let value, let expected):
      "the target of row \(row) (counted from 0) is \(value); \(expected)"
    case .invalid(let what, let value, let expected):
      "\(what) is \(value); \(expected)"
    case .lengths(let what, let expected, let found):
      "\(what): expected \(expected), found \(found)"
    case .blas(let error):
      error.description
    }
  }

  private func names(_ layout: Layout) -> String {
    "[" + layout.entries.map { "\($0.name) \($0.shape)" }.joined(separator: ", ") + "]"
  }
}
