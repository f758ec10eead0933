/// Bytes of known number that are read once, from the front to the back.
protocol NumPySource: ~Copyable {
  /// How many bytes are left.
  var remaining: Int { get }

  /// Fills `buffer` as far as there are bytes left, and returns how many those were.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NumPyError.Reason) -> Int
}

extension NumPySource where Self: ~Copyable {
  /// The next bytes, or fewer if there are no more.
  mutating func bytes(_ count: Int) throws(NumPyError.Reason) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(count, remaining))
    let filled = try bytes.withUnsafeMutableBufferPointer { (bytes) throws(NumPyError.Reason) in
      try fill(UnsafeMutableRawBufferPointer(bytes))
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// The elements that a header announces, which must be all that is left.
  mutating func tensor<Scalar>(_ header: NumPyHeader) throws(NumPyError.Reason) -> Tensor<Scalar> {
    let count = try header.elementCount(of: Scalar.self, available: remaining)
    guard var tensor = try? Tensor<Scalar>(zeros: header.shape) else { throw .shapeTooLarge(header.shape) }
    let expected = count * MemoryLayout<Scalar>.stride
    let filled = try tensor.withUnsafeMutableBufferPointer { (elements) throws(NumPyError.Reason) in
      try fill(UnsafeMutableRawBufferPointer(elements))
    }
    if filled < expected { throw .truncated(expected: expected, found: filled) }
    return tensor
  }
}

/// A regular file: a pipe has no size that a header could be held against.
struct NumPyFileSource: NumPySource, ~Copyable {
  private(set) var remaining: Int
  private var file: FileReader

  init(path: String) throws(NumPyError.Reason) {
    let file = try NumPyFileSource.open(path)
    guard let size = file.size else { throw .notARegularFile }
    self.file = file
    remaining = size
  }

  private static func open(_ path: String) throws(NumPyError.Reason) -> FileReader {
    do throws(FileError) { return try FileReader(path: path) } catch { throw .file(error) }
  }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NumPyError.Reason) -> Int {
    do throws(FileError) {
      let filled = try file.read(into: buffer)
      remaining -= filled
      return filled
    } catch {
      throw .file(error)
    }
  }
}

/// Bytes in memory.
struct NumPyMemorySource: NumPySource {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var remaining: Int { rest.count }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let part = rest.prefix(buffer.count)
    buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    return part.count
  }
}
