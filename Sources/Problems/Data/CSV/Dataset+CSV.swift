extension Dataset {
  /// Reads a table of numbers from a CSV file.
  ///
  /// The first line holds the names of the columns; every further line a number for each. Fields are separated by
  /// commas and may stand in double quotes, inside of which a quote is written twice. Lines end by LF or CRLF; empty
  /// lines at the end of the file are passed over, and spaces around names and numbers too. A UTF-8 byte order mark is
  /// accepted. The file may be a pipe.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - target: the name of the column to learn; without it, the last one. All others are features, in file order.
  /// - Throws: ``CSVError`` with the path, the line, the number and the name of the column, and what to do. Missing
  ///   values, NaN, infinities and numbers beyond the range of `Double` are refused.
  /// - Cost: one pass over the file in chunks, and memory for the numbers alone.
  public init(contentsOfCSV path: String, target: String? = nil) throws(CSVError) {
    try self.init(contentsOfCSV: path, target: target, chunkSize: 1 << 18)
  }

  /// Reads a CSV file in chunks of a stated size, which plays no part in the result.
  package init(contentsOfCSV path: String, target: String?, chunkSize: Int) throws(CSVError) {
    var reader = try CSVReader.open(path, columns: .all(target: target), chunkSize: chunkSize)
    while try reader.readChunk() {}
    self = try reader.finish().data
  }
}
