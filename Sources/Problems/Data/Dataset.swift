/// A table of finite numbers: rows of features, and a target for each row.
public struct Dataset: Sendable, Equatable {
  /// The features, row after row: that of row i and column j is element `i * columnCount + j`.
  public internal(set) var features: [Double]

  /// One target for each row.
  public internal(set) var targets: [Double]

  /// The names of the feature columns.
  public let featureNames: [String]

  /// The name of the target column.
  public let targetName: String

  /// The number of rows, at least 1.
  public var rowCount: Int { targets.count }

  /// The number of feature columns, at least 1.
  public var columnCount: Int { featureNames.count }

  /// A table from numbers in memory.
  ///
  /// - Parameters:
  ///   - features: row after row, `columns` numbers in each.
  ///   - columns: the number of features of a row.
  ///   - targets: one for each row.
  ///   - featureNames: the names of the columns; without them, they are called `x0`, `x1` and so on.
  ///   - targetName: the name of the target column.
  /// - Throws: ``DatasetError`` if lengths disagree or a number is NaN or infinite.
  public init(
    features: [Double], columns: Int, targets: [Double], featureNames: [String]? = nil, targetName: String = "target"
  ) throws(DatasetError) {
    if targets.isEmpty { throw .noRows }
    if columns < 1 { throw .noColumns }
    let (count, overflow) = targets.count.multipliedReportingOverflow(by: columns)
    if overflow || features.count != count {
      throw .featureCount(rows: targets.count, columns: columns, found: features.count)
    }
    if let names = featureNames, names.count != columns {
      throw .nameCount(columns: columns, found: names.count)
    }
    if let i = features.firstIndex(where: { !$0.isFinite }) {
      throw .featureNotFinite(row: i / columns, column: i % columns, value: features[i])
    }
    if let i = targets.firstIndex(where: { !$0.isFinite }) {
      throw .targetNotFinite(row: i, value: targets[i])
    }
    self.init(
      verified: features, targets: targets, featureNames: featureNames ?? (0..<columns).map { "x\($0)" },
      targetName: targetName)
  }

  /// A table whose numbers and lengths are known to be right.
  init(verified features: [Double], targets: [Double], featureNames: [String], targetName: String) {
    self.features = features
    self.targets = targets
    self.featureNames = featureNames
    self.targetName = targetName
  }

  /// The features of one row.
  public func row(_ index: Int) -> ArraySlice<Double> {
    features[index * columnCount..<(index + 1) * columnCount]
  }

  /// A table of some of the rows, in the order of `rows`.
  /// - Throws: ``DatasetError`` for a row that does not exist, and for none.
  public func selecting(rows: [Int]) throws(DatasetError) -> Dataset {
    if rows.isEmpty { throw .noRows }
    if let row = rows.first(where: { !targets.indices.contains($0) }) {
      throw .rowOutOfRange(row, rowCount: rowCount)
    }
    var features: [Double] = []
    features.reserveCapacity(rows.count * columnCount)
    for row in rows { features += self.row(row) }
    return Dataset(
      verified: features, targets: rows.map { targets[$0] }, featureNames: featureNames, targetName: targetName)
  }
}
