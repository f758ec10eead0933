/// A table divided into rows to fit and rows to judge the fit by.
public struct DataSplit: Sendable, Equatable {
  /// The rows to fit.
  public let training: Dataset

  /// The rows to judge by.
  public let test: Dataset
}

extension Dataset {
  /// Sets every k-th row aside: those whose number leaves the remainder `offset` when divided by `period`.
  ///
  /// Rows are counted from 0, without the header. The order of rows stays.
  /// - Throws: ``DatasetError`` for a period below 2, an offset outside of 0 ..< period, and if a side would be empty.
  public func split(every period: Int, offset: Int = 0) throws(DatasetError) -> DataSplit {
    if period < 2 || !(0..<period).contains(offset) { throw .testPeriod(period: period, offset: offset) }
    return try split(test: (0..<rowCount).filter { $0 % period == offset })
  }

  /// Sets a share of the rows aside, drawn at random.
  ///
  /// The rows are put into the order of ``RowOrder`` for this seed, and the first of them, `testFraction` of all rounded
  /// to the nearest whole number, become the test. Both sides keep the order of the table.
  /// - Throws: ``DatasetError`` for a share outside of 0 to 1, and if a side would be empty.
  public func split(testFraction: Double, seed: UInt64) throws(DatasetError) -> DataSplit {
    // Written so that NaN is refused as well.
    guard testFraction > 0 && testFraction < 1 else { throw .testFraction(testFraction) }
    let count = Int((Double(rowCount) * testFraction).rounded())
    return try split(test: RowOrder(rowCount: rowCount, seed: seed).rows.prefix(count).sorted())
  }

  private func split(test: [Int]) throws(DatasetError) -> DataSplit {
    var isTest = [Bool](repeating: false, count: rowCount)
    for row in test { isTest[row] = true }
    let training = (0..<rowCount).filter { !isTest[$0] }
    if test.isEmpty || training.isEmpty { throw .emptySide(rows: rowCount, testRows: test.count) }
    return DataSplit(training: try selecting(rows: training), test: try selecting(rows: test))
  }
}
