import ArgumentParser
import CFloor
import Foundation

/// What all measurements have in common: sizes, threads, priority.
struct Conditions: ParsableArguments {
  @Option(help: "Lengths of the vectors, separated by commas; 1e6 is a number too.")
  var sizes = "1e3,1e4,1e5,1e6,1e7"

  @Option(help: "Threads for each contestant; one per processor, at most two, unless told otherwise.")
  var threads: Int?

  @Flag(help: "Ask for real-time priority, which other programs on the machine then cannot disturb.")
  var realTime = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); at least 1 is needed") }
    _ = try parsedSizes()
  }

  /// Two: more share the same memory bus and say little on another machine.
  var chosenThreads: Int { threads ?? min(2, ProcessInfo.processInfo.activeProcessorCount) }

  /// Asks for real-time priority where it is wanted, and tells whether it was granted.
  func requestPriority() -> Bool {
    guard realTime else { return false }
    let refusal = floor_request_real_time()
    if refusal != 0 { warn("no real-time priority (\(String(cString: strerror(refusal)))); going on without it") }
    return refusal == 0
  }

  func parsedSizes() throws -> [Int] {
    try sizes.split(separator: ",", omittingEmptySubsequences: false).map { text in
      let trimmed = text.trimmingCharacters(in: .whitespaces)
      guard let size = Double(trimmed).flatMap(Int.init(exactly:)), (1...Int(Int32.max)).contains(size) else {
        throw ValidationError(
          "--sizes has '\(text)'; each must be a whole number from 1 to \(Int32.max), the most that BLAS can count")
      }
      return size
    }
  }
}

/// Prints at once, also into a pipe: a run takes a while.
func show(_ text: String) {
  print(text)
  fflush(nil)
}

func warn(_ message: String) { FileHandle.standardError.write(Data("warning: \(message)\n".utf8)) }

/// Writes a report to a file.
func write(_ report: some Encodable, asJSONTo path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  try encoder.encode(report).write(to: URL(fileURLWithPath: path))
}
