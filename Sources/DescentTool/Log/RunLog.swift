internal import Descent
internal import Foundation

/// The log of a run as it is written: a line for the header, then a line for each step, as JSON.
///
/// A line is handed to the system whole and at once, so that a run that is killed leaves all its steps.
final class RunLog {
  private let path: String
  private let handle: FileHandle
  /// The first step is kept, and every step whose number is a multiple of this.
  private let interval: Int
  private let encoder = JSONEncoder()

  /// Begins a log.
  init(creating path: String, _ header: RunHeader, every interval: Int) throws(RunLogError) {
    (self.path, self.interval) = (path, interval)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let file = URL(fileURLWithPath: path)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: file) }
      handle = try FileHandle(forWritingTo: file)
    } catch { throw .cannotWrite(path: path, reason: error.localizedDescription) }
    try write(header)
  }

  deinit { try? handle.close() }

  /// Adds a step, if it is one of those that are kept.
  func append(_ row: RunRow) throws(RunLogError) {
    if row.step == 1 || row.step.isMultiple(of: interval) { try write(row) }
  }

  private func write(_ value: some Encodable) throws(RunLogError) {
    do {
      try handle.write(contentsOf: encoder.encode(value) + Data("\n".utf8))
    } catch { throw .cannotWrite(path: path, reason: error.localizedDescription) }
  }
}
