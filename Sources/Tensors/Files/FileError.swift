/// Why a file could not be read or written, in the words of the operating system.
public enum FileError: Error, Sendable, Equatable {
  /// The file could not be opened.
  case cannotOpen(path: String, reason: String)

  /// The path leads to a folder.
  case isFolder(path: String)

  /// Reading stopped before the end.
  case cannotRead(path: String, reason: String)

  /// The file could not be written; what was there before is unchanged.
  case cannotWrite(path: String, reason: String)
}

extension FileError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
    case .isFolder(let path): "\(path) is a folder; name a file in it"
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    }
  }
}
