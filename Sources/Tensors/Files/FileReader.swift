#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A file that is open for reading, closed at the end of its life.
package struct FileReader: ~Copyable {
  package let path: String

  /// The size in bytes when the file was opened; `nil` for a pipe or a device, which have none.
  package let size: Int?

  private let descriptor: Int32

  package init(path: String) throws(FileError) {
    // A C string ends at its first zero byte: another file would be opened than the one that is named.
    if path.utf8.contains(0) { throw .cannotOpen(path: path, reason: "the path holds a zero byte") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw .cannotOpen(path: path, reason: lastSystemError()) }
    var status = stat()
    if fstat(descriptor, &status) != 0 {
      let reason = lastSystemError()
      _ = close(descriptor)
      throw .cannotOpen(path: path, reason: reason)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      _ = close(descriptor)
      throw .isFolder(path: path)
    }
    self.path = path
    self.size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  /// Fills `buffer` from the file as far as there is anything left, and returns how many bytes that were.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = systemRead(descriptor, rest.baseAddress, rest.count)
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw .cannotRead(path: path, reason: lastSystemError())
      }
    }
    return filled
  }
}

/// The function of the operating system, under a name that the method of the same name does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

/// The words for the error of the last call that failed on this thread.
func lastSystemError() -> String { String(cString: strerror(errno)) }
