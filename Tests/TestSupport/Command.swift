// Running the built command as a user would.

package import Foundation
internal import Synchronization

/// What a run of a command left behind.
package struct CommandResult: Sendable {
  /// Standard output as UTF-8.
  package let output: String
  /// Standard error as UTF-8.
  package let errors: String
  /// The exit code; the signal's number where a signal ended the run.
  package let exitCode: Int32
  /// Whether the run went on beyond the time limit and was ended.
  package let ranOutOfTime: Bool
}

/// The command `descent` that was built along with the tests.
package enum Command {
  /// The executable, beside the bundle of the tests.
  package static let descent: URL = {
    let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = bundle.deletingLastPathComponent().appending(path: "descent")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return Bundle.main.bundleURL.appending(path: "descent")
  }()

  /// Runs `descent` to its end, or to the time limit in seconds, after which it is killed.
  ///
  /// Output and errors are read while it runs, so neither can fill its pipe and hold it up. Input comes from a file,
  /// which a command may leave unread.
  ///
  /// - Parameters:
  ///   - environment: variables to add to, or replace in, those of the tests.
  ///   - executable: another command in its place.
  ///   - whileRunning: called with the number of the process once it runs; to send it signals, for instance.
  package static func run(
    _ arguments: [String], in directory: URL? = nil, input: String = "", environment: [String: String] = [:],
    timeLimit: Double = 60, executable: URL = descent, whileRunning: (Int32) throws -> Void = { _ in }
  ) throws -> CommandResult {
    try withTemporaryDirectory { scratch in
      let inputFile = scratch.appending(path: "input")
      try Data(input.utf8).write(to: inputFile)
      return try run(
        arguments, in: directory, input: FileHandle(forReadingFrom: inputFile), environment: environment,
        timeLimit: timeLimit, executable: executable, whileRunning: whileRunning)
    }
  }

  private static func run(
    _ arguments: [String], in directory: URL?, input: FileHandle, environment: [String: String], timeLimit: Double,
    executable: URL, whileRunning: (Int32) throws -> Void
  ) throws -> CommandResult {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    let (outputPipe, errorPipe) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = outputPipe
    process.standardError = errorPipe

    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    let output = Reader(outputPipe)
    let errors = Reader(errorPipe)

    try whileRunning(process.processIdentifier)
    let ranOutOfTime = ended.wait(timeout: .now() + timeLimit) == .timedOut
    if ranOutOfTime {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    return CommandResult(
      output: output.text(), errors: errors.text(), exitCode: process.terminationStatus, ranOutOfTime: ranOutOfTime)
  }

  /// Reads a pipe to its end on a thread of its own.
  private final class Reader: Sendable {
    private let data = Mutex(Data())
    private let ended = DispatchSemaphore(value: 0)

    init(_ pipe: Pipe) {
      let handle = pipe.fileHandleForReading
      Thread.detachNewThread { [self] in
        let all = (try? handle.readToEnd()) ?? Data()
        data.withLock { $0 = all }
        ended.signal()
      }
    }

    func text() -> String {
      ended.wait()
      return String(decoding: data.withLock { $0 }, as: UTF8.self)
    }
  }
}
