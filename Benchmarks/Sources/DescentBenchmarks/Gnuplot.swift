import ArgumentParser
import Foundation

/// The program that draws.
struct Gnuplot {
  let path: String

  /// gnuplot, wherever it is on PATH.
  static func find() throws -> Gnuplot {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    let path = folders.map { "\($0)/gnuplot" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let path else {
      throw ValidationError(
        """
        --svg needs gnuplot, which is not on PATH; install it with apt-get install gnuplot-nox, dnf install \
        gnuplot-minimal or brew install gnuplot
        """)
    }
    return Gnuplot(path: path)
  }

  /// Runs a script that writes to `output`.
  func draw(_ script: String, to output: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-"]
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw FigureError(path: output, status: process.terminationStatus) }
  }

  /// A text as gnuplot reads it.
  static func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "''") + "'" }
}

/// gnuplot did not draw.
struct FigureError: Error, CustomStringConvertible {
  let path: String
  let status: Int32
  var description: String { "gnuplot ended with status \(status); can \(path) be written?" }
}
