internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// A CSV file that is read with its size in view: memory is looked at before, progress is shown, and Ctrl-C heard.
struct DataFile {
  let path: String

  /// Below this many bytes reading takes no time that anyone would want to see.
  private static let largeSize = 64_000_000

  init(_ path: String) { self.path = path }

  /// Reads the columns.
  ///
  /// - Parameters:
  ///   - testShare: the rows that will be set aside.
  ///   - folds: how often the others will be copied.
  ///   - scores: how many scores each row will have at once.
  func read(
    _ columns: CSVColumns, testShare: Double = 0, folds: Int = 0, scores: Int = 1, ignoresMemory: Bool, isQuiet: Bool
  ) throws -> (data: Dataset, hasTarget: Bool) {
    var reader = try CSVReader.open(path == "-" ? "/dev/stdin" : path, columns: columns)
    let isLarge = reader.size.map { $0 >= Self.largeSize } ?? false
    if let (rows, fields) = reader.estimate {
      let need = MemoryNeed(rows: rows, fields: fields, testShare: testShare, folds: folds, scores: scores)
      let available = SystemMemory.available
      if !ignoresMemory { try need.check(path, available: available) }
      if let available, need.bytes > Double(available) / 2 {
        Terminal.warn("\(path): \(need.text(available: available))")
      } else if isLarge, !isQuiet {
        Terminal.note("\(path): \(need.text(available: available))")
      }
      // Lines may become longer; what is reserved and not used costs no memory.
      if need.bytes <= Double(available ?? 0) { reader.reserve(rows: rows + rows / 50, fields: fields) }
    }
    var progress = ReadingProgress(size: reader.size, isQuiet: isQuiet || !isLarge)
    defer { progress.finish() }
    while try reader.readChunk() {
      progress.update(reader.bytesRead)
      if Interrupt.cancellation.isCancelled {
        progress.finish()
        Terminal.note("interrupted while reading \(path); nothing is done yet")
        throw ExitCode(128 + SIGINT)
      }
    }
    return try reader.finish()
  }
}

/// How much of a file has been read.
private struct ReadingProgress {
  private let size: Int?
  private var bar: ProgressBar

  init(size: Int?, isQuiet: Bool) {
    self.size = size
    bar = ProgressBar(total: size ?? 1, isQuiet: isQuiet || size == nil)
  }

  mutating func update(_ bytes: Int) {
    guard let size else { return }
    bar.update(bytes, "read \(ByteCount.text(bytes)) of \(ByteCount.text(size))")
  }

  func finish() { bar.finish() }
}
