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
    var training = self
    let test = try training.setAside(every: period, offset: offset)
    return DataSplit(training: training, test: test)
  }

  /// Sets a share of the rows aside, drawn at random.
  ///
  /// The rows are put into the order of ``RowOrder`` for this seed, and the first of them, `testFraction` of all rounded
  /// to the nearest whole number, become the test. Both sides keep the order of the table.
  /// - Throws: ``DatasetError`` for a share outside of 0 to 1, and if a side would be empty.
  public func split(testFraction: Double, seed: UInt64) throws(DatasetError) -> DataSplit {
    var training = self
    let test = try training.setAside(testFraction: testFraction, seed: seed)
    return DataSplit(training: training, test: test)
  }

  /// Takes the rows to judge by out of the table and returns them, as ``split(every:offset:)`` divides it.
  ///
  /// The rows that stay are moved together where they are: a table that nobody shares is not copied.
  package mutating func setAside(every period: Int, offset: Int) throws(DatasetError) -> Dataset {
    if period < 2 || !(0..<period).contains(offset) { throw .testPeriod(period: period, offset: offset) }
    return try setAside(Array(stride(from: offset, to: rowCount, by: period)))
  }

  /// The same, as ``split(testFraction:seed:)`` divides it.
  package mutating func setAside(testFraction: Double, seed: UInt64) throws(DatasetError) -> Dataset {
    // Written so that NaN is refused as well.
    guard testFraction > 0 && testFraction < 1 else { throw .testFraction(testFraction) }
    let count = Int((Double(rowCount) * testFraction).rounded())
    return try setAside(RowOrder(rowCount: rowCount, seed: seed).rows.prefix(count).sorted())
  }

  private mutating func setAside(_ rows: [Int]) throws(DatasetError) -> Dataset {
    if rows.isEmpty || rows.count == rowCount { throw .emptySide(rows: rowCount, testRows: rows.count) }
    let test = try selecting(rows: rows)
    remove(rows: rows)
    return test
  }

  /// Takes rows out, without memory for the others. `rows` ascend.
  private mutating func remove(rows: [Int]) {
    let columns = columnCount
    features.withUnsafeMutableBufferPointer { compact($0, without: rows, length: columns) }
    targets.withUnsafeMutableBufferPointer { compact($0, without: rows, length: 1) }
    features.removeLast(rows.count * columns)
    targets.removeLast(rows.count)
  }
}

/// Moves what follows each of some ascending records of one length to the front of what is left.
private func compact(_ numbers: UnsafeMutableBufferPointer<Double>, without records: [Int], length: Int) {
  guard let base = numbers.baseAddress, let first = records.first else { return }
  var end = first * length
  for (index, record) in records.enumerated() {
    let next = index + 1 < records.count ? records[index + 1] * length : numbers.count
    let start = (record + 1) * length
    (base + end).update(from: base + start, count: next - start)
    end += next - start
  }
}
