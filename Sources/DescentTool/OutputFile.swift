internal import ArgumentParser
internal import Descent
internal import Foundation

/// Files that results are written to.
enum OutputFile {
  /// Throws where a file cannot be there: better before a fit than after it.
  static func check(_ path: String, option: String) throws(ValidationError) {
    if path == "-" {
      throw ValidationError("\(option) -: name a file; where standard output is a pipe, /dev/stdout is one")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      if isFolder.boolValue { throw ValidationError("\(option) \(path) is a folder; name a file in it") }
      guard isFile(path) else { return }
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
      throw ValidationError("\(option) \(path): there is no folder \(folder); create it, or name another file")
    }
    if !FileManager.default.isWritableFile(atPath: folder) {
      throw ValidationError("\(option) \(path): files in the folder \(folder) cannot be written; name another file")
    }
  }

  /// The same for a file that must not be there yet, for what is written as it comes; a pipe is none.
  static func checkNew(_ path: String, option: String, wayOut: String = "name another file") throws(ValidationError) {
    try check(path, option: option)
    if isFile(path) {
      throw ValidationError("\(option) \(path) exists already and is not written over; remove it, or \(wayOut)")
    }
  }

  /// Throws where a result would take the place of what it is made of, or of another result.
  static func check(
    _ outputs: KeyValuePairs<String, String?>, areNot inputs: [String?]
  ) throws(ValidationError) {
    var options: [String: String] = [:]
    for (option, output) in outputs {
      guard let output, isFile(output) || !FileManager.default.fileExists(atPath: output) else { continue }
      let place = URL(fileURLWithPath: output).standardizedFileURL.resolvingSymlinksInPath().path
      if let other = options.updateValue(option, forKey: place) {
        throw ValidationError("\(other) and \(option) are both \(output); name a file for each")
      }
    }
    for (option, output) in outputs {
      guard let output, inputs.contains(where: { isSameFile(output, $0) }) else { continue }
      throw ValidationError("\(option) \(output) is a file that is read, which would be lost; name another file")
    }
  }

  /// Whether both are there, and are one file, by whatever names.
  private static func isSameFile(_ first: String, _ second: String?) -> Bool {
    var (a, b) = (stat(), stat())
    guard let second, isFile(first), stat(first, &a) == 0, stat(second, &b) == 0 else { return false }
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }

  /// The same as ``check(_:option:)`` for a picture, whose form is not chosen by its name.
  static func checkPicture(_ path: String, option: String) throws(ValidationError) {
    try check(path, option: option)
    let form = URL(fileURLWithPath: path).pathExtension.lowercased()
    if ["png", "jpg", "jpeg", "gif", "pdf", "eps", "ps"].contains(form) {
      throw ValidationError("\(option) \(path): pictures are SVG; give it a name that ends in .svg")
    }
  }

  /// Whether there is a file, and no pipe or device.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Writes a file whole, or leaves what was there. What is no file, such as a pipe, is written to.
  static func write(_ text: String, to path: String) throws {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let kind = try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
    guard kind ?? .typeRegular == .typeRegular else {
      try FileHandle(forWritingTo: target).write(contentsOf: Data(text.utf8))
      return
    }
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBytes { try replaceFile(at: target.path, with: [$0]) }
  }
}
