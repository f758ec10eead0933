internal import Tensors

/// A CSV file that is being read, chunk by chunk, so that whoever reads can show how far it is, or stop.
package struct CSVReader: ~Copyable {
  /// The size of the file in bytes; nil for a pipe.
  package var size: Int? { file.size }

  /// How many bytes have been read.
  package private(set) var bytesRead = 0

  private var file: FileReader
  private var parser: CSVParser
  private var chunk: [UInt8]
  /// What has been read of the chunk, but not yet taken in.
  private var pending: ArraySlice<UInt8>
  private var isAtEnd: Bool

  /// Opens a file and reads its first chunk.
  package static func open(
    _ path: String, columns: CSVColumns, chunkSize: Int = 1 << 18
  ) throws(CSVError) -> CSVReader {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    precondition(chunkSize >= byteOrderMark.count, "a chunk must hold a byte order mark")
    var reader = CSVReader(try file(path), CSVParser(path: path, columns: columns), chunkSize: chunkSize)
    try reader.fill()
    let start = reader.pending
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { throw CSVError(.utf16, path: path) }
    if start.starts(with: byteOrderMark) { reader.pending = start.dropFirst(byteOrderMark.count) }
    return reader
  }

  private init(_ file: consuming FileReader, _ parser: CSVParser, chunkSize: Int) {
    self.file = file
    self.parser = parser
    chunk = [UInt8](repeating: 0, count: chunkSize)
    (pending, isAtEnd) = ([], false)
  }

  /// How many rows of how many fields the file has, if its lines go on as they begin; nil for a pipe, and where not one
  /// row is seen whole.
  package var estimate: (rows: Int, fields: Int)? {
    let newline = UInt8(ascii: "\n")
    guard let size, bytesRead == pending.endIndex, let headerEnd = pending.firstIndex(of: newline),
      let lastEnd = pending.lastIndex(of: newline), lastEnd > headerEnd
    else { return nil }
    let lines = pending[(headerEnd + 1)...lastEnd].count { $0 == newline }
    let lineLength = Double(lastEnd - headerEnd) / Double(lines)
    let fields = pending[..<headerEnd].count { $0 == UInt8(ascii: ",") } + 1
    return (Int((Double(size - headerEnd - 1) / lineLength).rounded(.up)), fields)
  }

  /// Makes room for so many rows of so many fields: an ``estimate`` for which there is memory. Without it the table grows
  /// as it is read, and is copied while it does.
  package mutating func reserve(rows: Int, fields: Int) { parser.reserve(rows: rows, fields: fields) }

  /// Takes in a chunk, and says whether there are more.
  package mutating func readChunk() throws(CSVError) -> Bool {
    try parser.consume(pending)
    if isAtEnd { return false }
    try fill()
    return true
  }

  /// The table, after the last chunk, and whether the file has the column of the target; without it targets are zero.
  package mutating func finish() throws(CSVError) -> (data: Dataset, hasTarget: Bool) {
    let hasTarget = parser.hasTarget
    return (try parser.finish(), hasTarget)
  }

  private static func file(_ path: String) throws(CSVError) -> FileReader {
    do throws(FileError) { return try FileReader(path: path) } catch { throw CSVError(.file(error), path: path) }
  }

  private mutating func fill() throws(CSVError) {
    pending = []
    do throws(FileError) {
      let count = try chunk.withUnsafeMutableBufferPointer { (chunk) throws(FileError) in
        try file.read(into: UnsafeMutableRawBufferPointer(chunk))
      }
      bytesRead += count
      isAtEnd = count < chunk.count
      pending = chunk[..<count]
    } catch {
      throw CSVError(.file(error), path: file.path)
    }
  }
}
