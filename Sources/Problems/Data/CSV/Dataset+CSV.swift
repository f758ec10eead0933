internal import Tensors

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
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    precondition(chunkSize >= byteOrderMark.count, "a chunk must hold a byte order mark")
    var file = try Dataset.open(path)
    var parser = CSVParser(path: path, target: target)
    var chunk = [UInt8](repeating: 0, count: chunkSize)
    var rest = try Dataset.read(&file, into: &chunk)
    if rest.starts(with: [0xFF, 0xFE]) || rest.starts(with: [0xFE, 0xFF]) { throw CSVError(.utf16, path: path) }
    if rest.starts(with: byteOrderMark) { rest = rest.dropFirst(byteOrderMark.count) }
    while true {
      try parser.consume(rest)
      if rest.endIndex < chunkSize { break }
      rest = try Dataset.read(&file, into: &chunk)
    }
    self = try parser.finish()
  }

  private static func open(_ path: String) throws(CSVError) -> FileReader {
    do throws(FileError) { return try FileReader(path: path) } catch { throw CSVError(.file(error), path: path) }
  }

  /// The bytes that were read; fewer than the chunk holds mean the end of the file.
  private static func read(_ file: inout FileReader, into chunk: inout [UInt8]) throws(CSVError) -> ArraySlice<UInt8> {
    do throws(FileError) {
      let count = try chunk.withUnsafeMutableBufferPointer { (chunk) throws(FileError) in
        try file.read(into: UnsafeMutableRawBufferPointer(chunk))
      }
      return chunk[..<count]
    } catch {
      throw CSVError(.file(error), path: file.path)
    }
  }
}
