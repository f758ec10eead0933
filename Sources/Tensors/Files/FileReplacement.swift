#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Writes a file that is there as a whole or not at all.
///
/// The bytes go into a new file beside it, which takes the name in one step when it is complete and on the disk. So a
/// reader never sees a part, and a full disk leaves what was there before.
package func replaceFile(at path: String, with parts: [UnsafeRawBufferPointer]) throws(FileError) {
  if path.utf8.contains(0) { throw .cannotWrite(path: path, reason: "the path holds a zero byte") }
  let partial = "\(path).\(getpid()).partial"
  let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  if descriptor < 0 { throw .cannotWrite(path: path, reason: lastSystemError()) }

  var complete = parts.allSatisfy { writeAll($0, to: descriptor) } && fsync(descriptor) == 0
  var reason = complete ? "" : lastSystemError()
  if close(descriptor) != 0 && complete {
    (complete, reason) = (false, lastSystemError())
  }
  if complete && rename(partial, path) != 0 {
    (complete, reason) = (false, lastSystemError())
  }
  if !complete {
    _ = unlink(partial)
    throw .cannotWrite(path: path, reason: reason)
  }
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
    if count >= 0 {
      written += count
    } else if errno != EINTR {
      return false
    }
  }
  return true
}
