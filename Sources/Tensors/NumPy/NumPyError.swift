/// Why the bytes of a NumPy `.npy` file are not the array that was asked for.
public struct NumPyError: Error, Sendable, Equatable {
  /// The file, or `nil` if the bytes came from memory.
  public let path: String?

  /// What was found.
  public let reason: Reason

  /// What can be wrong with a file.
  public enum Reason: Error, Sendable, Equatable {
    /// The file could not be opened, read or written.
    case file(FileError)

    /// It is a pipe or a device: the header can only be judged against the size of the file.
    case notARegularFile

    /// It does not begin with the six bytes that mark the format.
    case notNumPy

    /// The format's version is not 1.0, 2.0 or 3.0.
    case version(major: UInt8, minor: UInt8)

    /// The header is said to have this many bytes, but only some are there.
    case headerTruncated(expected: Int, found: Int)

    /// The header is longer than any header of a plain array.
    case headerTooLong(count: Int, limit: Int)

    /// The header is not the dictionary that the format asks for: what is wrong, and at which byte of it.
    case malformedHeader(String, offset: Int)

    /// The elements are of another type.
    case elementType(found: String, expected: [String])

    /// The elements are stored column after column.
    case fortranOrder(shape: [Int])

    /// The shape has more elements than there is memory.
    case shapeTooLarge([Int])

    /// The elements end too early.
    case truncated(expected: Int, found: Int)

    /// Bytes follow the last element.
    case trailingBytes(count: Int)
  }

  init(_ reason: Reason, path: String?) {
    self.reason = reason
    self.path = path
  }
}

extension NumPyError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    let subject = path.map { "\($0): " } ?? ""
    if case .file(let error) = reason { return error.description }
    return subject + reason.description
  }
}

extension NumPyError.Reason: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .notARegularFile:
      "not a regular file; copy it into one first"
    case .notNumPy:
      "not a NumPy file: it does not begin with the bytes 93 4E 55 4D 50 59; write it with numpy.save"
    case .version(let major, let minor):
      "NumPy format version \(major).\(minor); versions 1.0, 2.0 and 3.0 can be read"
    case .headerTruncated(let expected, let found):
      "the header ends after \(found) of \(expected) bytes; the file was cut off"
    case .headerTooLong(let count, let limit):
      "a header of \(count) bytes; that of a plain array has at most \(limit)"
    case .malformedHeader(let problem, let offset):
      "malformed header at byte \(offset): \(problem)"
    case .elementType(let found, let expected):
      "elements of type \(found), expected \(expected.joined(separator: " or ")); convert with numpy.astype"
    case .fortranOrder(let shape):
      "an array of shape \(shape) in Fortran order; save numpy.ascontiguousarray of it"
    case .shapeTooLarge(let shape):
      "shape \(shape) has more elements than can be counted"
    case .truncated(let expected, let found):
      "\(found) bytes of elements where the shape needs \(expected); the file was cut off"
    case .trailingBytes(let count):
      "\(count) bytes follow the last element"
    }
  }
}
