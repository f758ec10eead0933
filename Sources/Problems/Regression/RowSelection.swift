/// The rows over which an objective is the mean.
public enum RowSelection: Sendable, Equatable {
  /// All rows: the full batch.
  case all

  /// Consecutive rows.
  case range(Range<Int>)

  /// These rows in this order, a slice of ``RowOrder/rows`` for instance; a row that occurs twice counts twice.
  case indices(ArraySlice<Int>)

  /// How many rows are selected of a table that has `rowCount`, all of which exist.
  func checkedCount(of rowCount: Int) throws(ProblemError) -> Int {
    switch self {
    case .all:
      return rowCount
    case .range(let range):
      if range.isEmpty { throw .noRowsSelected }
      if range.lowerBound < 0 { throw .rowOutOfRange(range.lowerBound, rowCount: rowCount) }
      if range.upperBound > rowCount { throw .rowOutOfRange(range.upperBound - 1, rowCount: rowCount) }
      return range.count
    case .indices(let rows):
      if rows.isEmpty { throw .noRowsSelected }
      for row in rows where row < 0 || row >= rowCount { throw .rowOutOfRange(row, rowCount: rowCount) }
      return rows.count
    }
  }

  /// The block of `count` selected rows from number `first` of them on.
  func block(first: Int, count: Int) -> RowBlock {
    switch self {
    case .all: .consecutive(first..<first + count)
    case .range(let range): .consecutive(range.lowerBound + first..<range.lowerBound + first + count)
    case .indices(let rows): .scattered(rows.dropFirst(first).prefix(count))
    }
  }
}

/// A few of the selected rows, whose losses are added up together.
public enum RowBlock: Sendable, Equatable {
  /// Rows that follow each other in the table.
  case consecutive(Range<Int>)

  /// Rows from anywhere in the table.
  case scattered(ArraySlice<Int>)

  /// The number of rows of the block.
  public var count: Int {
    switch self {
    case .consecutive(let rows): rows.count
    case .scattered(let rows): rows.count
    }
  }

  /// The number in the table of row `position` of the block, 0 ..< count.
  public subscript(position: Int) -> Int {
    switch self {
    case .consecutive(let rows): rows.lowerBound + position
    case .scattered(let rows): rows[rows.startIndex + position]
    }
  }
}
