internal import Descent
internal import Foundation

/// A run as its log tells it.
struct LoggedRun {
  let path: String
  /// nil in a log that has only steps.
  let header: RunHeader?
  let history: RunHistory
  /// Whether the last line has no end and cannot be read, as after a kill or a full disk; it was left out.
  let isTorn: Bool

  init(contentsOf path: String) throws(RunLogError) {
    self.path = path
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
      throw .cannotRead(path: path, reason: "there is no such file")
    } catch {
      throw .cannotRead(path: path, reason: error.localizedDescription)
    }
    let newline = UInt8(ascii: "\n")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")

    var (header, history, isTorn) = (RunHeader?.none, RunHistory(), false)
    let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let isLast = index == lines.count - 1
      do {
        if index == 0, let format = try? decoder.decode(Format.self, from: line).format {
          guard format == RunHeader.format else { throw RunLogError.otherFormat(path: path, format: format) }
          header = try decoder.decode(RunHeader.self, from: line)
          continue
        }
        let row = try decoder.decode(RunRow.self, from: line)
        guard (1...1 << 53).contains(row.step) else {
          throw RunLogError.damaged(path: path, line: index + 1, reason: "the step \(row.step) is not in 1...2^53")
        }
        guard row.outcome ?? .applied == .applied else { continue }
        if let previous = history.steps.last, row.step <= previous {
          throw RunLogError.unordered(path: path, line: index + 1, step: row.step, previous: previous)
        }
        history.append(row)
      } catch let error as RunLogError {
        throw error
      } catch {
        // What stands after the last end of a line is what was being written.
        guard !isLast || index == 0 else {
          isTorn = true
          break
        }
        if index == 0, (try? decoder.decode([String: JSONValue].self, from: bytes)) != nil {
          throw .noLog(path: path)
        }
        throw .damaged(path: path, line: index + 1, reason: (error as? DecodingError)?.brief ?? "\(error)")
      }
    }
    guard !history.steps.isEmpty else { throw .noSteps(path: path) }
    (self.header, self.history, self.isTorn) = (header, history, isTorn)
  }

  private struct Format: Decodable { let format: String }
}
