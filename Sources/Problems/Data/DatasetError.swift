internal import Tensors

/// Why numbers do not make a table, or a table cannot be divided or standardised.
public enum DatasetError: Error, Sendable, Equatable {
  /// There is no row.
  case noRows

  /// There is no column beside the target.
  case noColumns

  /// The features do not fill the rows and columns.
  case featureCount(rows: Int, columns: Int, found: Int)

  /// There are not as many names as columns.
  case nameCount(columns: Int, found: Int)

  /// A feature is NaN or infinite; `column` is its number from 0.
  case featureNotFinite(row: Int, column: Int, value: Double)

  /// A target is NaN or infinite.
  case targetNotFinite(row: Int, value: Double)

  /// A row that is asked for does not exist.
  case rowOutOfRange(Int, rowCount: Int)

  /// The share of test rows is not between 0 and 1.
  case testFraction(Double)

  /// Every k-th row for a k below 2, or an offset that no remainder equals.
  case testPeriod(period: Int, offset: Int)

  /// One side of a division would be empty.
  case emptySide(rows: Int, testRows: Int)

  /// Data have another number of columns than those the standardisation was fitted to.
  case columnCount(expected: Int, found: Int)

  /// The mean or the deviation of a column leaves the range of `Double`.
  case columnOutOfRange(column: Int, name: String)
}

extension DatasetError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noRows:
      "there are no rows; at least one is needed"
    case .noColumns:
      "there is no column beside the target; at least one is needed"
    case .featureCount(let rows, let columns, let found):
      "\(rows) rows of \(columns) columns cannot be filled by \(found) features"
    case .nameCount(let columns, let found):
      "\(found) names were given for \(columns) columns"
    case .featureNotFinite(let row, let column, let value):
      "row \(row), column \(column) (counted from 0) holds \(value.shown); remove the row or replace the value"
    case .targetNotFinite(let row, let value):
      "the target of row \(row) (counted from 0) is \(value.shown); remove the row or replace the value"
    case .rowOutOfRange(let row, let rowCount):
      "row \(row) was asked for, but rows are 0 through \(rowCount - 1)"
    case .testFraction(let fraction):
      "a share of \(fraction) cannot be set aside for the test; give more than 0 and less than 1"
    case .testPeriod(let period, let offset):
      "every \(period)-th row from row \(offset) is not a test set; give a period of 2 or more and an offset below it"
    case .emptySide(let rows, let testRows):
      "of \(rows) rows, \(testRows) would be for the test; both sides need at least one row"
    case .columnCount(let expected, let found):
      "the data have \(found) columns, but the standardisation was fitted to \(expected)"
    case .columnOutOfRange(let column, let name):
      "the numbers of column \(column) (\(name)) are too large for a mean and a deviation; scale them down"
    }
  }
}
