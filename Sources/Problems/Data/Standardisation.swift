/// A shift and a scale for each column that give the fitted rows mean 0 and population standard deviation 1.
///
/// x becomes (x - mean) / deviation, where the deviation is that over all fitted rows, with n in the denominator, and
/// is replaced by 1 where it is 0: a constant column becomes zeros. Test rows are mapped with the numbers of the
/// fitted rows, so nothing of them leaks into the fit. scikit-learn's `StandardScaler` does the same.
public struct Standardisation: Sendable, Equatable, Codable {
  /// The mean of each column.
  public let means: [Double]

  /// What each column is divided by.
  public let deviations: [Double]

  /// The means and deviations of the rows of a table.
  ///
  /// Both are taken in two passes and corrected by what rounding left over, and a column of equal numbers is recognised
  /// as such: its mean is that number, not one beside it that would make noise into a feature.
  /// - Throws: ``DatasetError/columnOutOfRange(column:name:)`` if a sum or a square overflows.
  public init(fitting data: Dataset) throws(DatasetError) {
    let (rows, columns, count) = (data.rowCount, data.columnCount, Double(data.rowCount))
    let features = data.features
    var means = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      for j in 0..<columns { means[j] += features[i * columns + j] }
    }
    for j in 0..<columns { means[j] /= count }

    var rests = [Double](repeating: 0, count: columns)
    var squares = [Double](repeating: 0, count: columns)
    var isConstant = [Bool](repeating: true, count: columns)
    for i in 0..<rows {
      for j in 0..<columns {
        let x = features[i * columns + j]
        rests[j] += x - means[j]
        squares[j] += (x - means[j]) * (x - means[j])
        if x != features[j] { isConstant[j] = false }
      }
    }
    var deviations = [Double](repeating: 1, count: columns)
    for j in 0..<columns {
      if isConstant[j] {
        means[j] = features[j]
        continue
      }
      let rest = rests[j] / count
      let variance = squares[j] / count - rest * rest
      means[j] += rest
      if !means[j].isFinite || !variance.isFinite {
        throw .columnOutOfRange(column: j, name: data.featureNames[j])
      }
      if variance > 0 { deviations[j] = variance.squareRoot() }
    }
    self.means = means
    self.deviations = deviations
  }

  /// The table with its features shifted and scaled; targets stay as they are.
  /// - Throws: ``DatasetError`` for another number of columns, and where a feature leaves the range of `Double`.
  public func applied(to data: Dataset) throws(DatasetError) -> Dataset {
    var data = data
    try data.standardise(by: self)
    return data
  }
}

extension Dataset {
  /// Shifts and scales the features where they are: a table that nobody shares is not copied.
  ///
  /// After an error the features are of no use.
  package mutating func standardise(by standardisation: Standardisation) throws(DatasetError) {
    let (means, deviations, columns) = (standardisation.means, standardisation.deviations, columnCount)
    if columns != means.count { throw .columnCount(expected: means.count, found: columns) }
    let rows = rowCount
    let firstNotFinite: Int? = features.withUnsafeMutableBufferPointer { features in
      for i in 0..<rows {
        for j in 0..<columns {
          let x = (features[i * columns + j] - means[j]) / deviations[j]
          features[i * columns + j] = x
          if !x.isFinite { return i * columns + j }
        }
      }
      return nil
    }
    if let i = firstNotFinite {
      throw .featureNotFinite(row: i / columns, column: i % columns, value: features[i])
    }
  }
}
