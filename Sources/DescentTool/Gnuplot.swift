internal import Foundation

/// Pictures, drawn by the program gnuplot.
enum Gnuplot {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Throws where gnuplot is missing, with the command that installs it.
  static func check() throws {
    guard executable != nil else {
      throw Failure(
        description: "gnuplot draws the pictures and is not installed; "
          + "\"apt-get install gnuplot-nox\" (Debian, Ubuntu) or \"brew install gnuplot\" (macOS) installs it")
    }
  }

  /// How every graph looks: the beginning of a script.
  static func style(width: Int, height: Int) -> String {
    """
    set terminal svg size \(width),\(height) dynamic font 'Helvetica,13' background '#ffffff'
    set border 3 lc '#666666'
    set tics nomirror
    set grid lc '#e4e4e4' lw 1 lt 1
    """
  }

  /// Runs a script whose picture goes to a file.
  static func draw(_ script: String, to path: String) throws {
    try check()
    let process = Process()
    let (input, errors) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = ["-"]
    process.standardInput = input
    process.standardError = errors
    try process.run()
    // Between single quotes nothing has a meaning but the quote itself.
    let output = "set output '\(path.replacingOccurrences(of: "'", with: "''"))'\n"
    // A reader that ends early is reported by its exit status, not by a signal.
    try? input.fileHandleForWriting.write(contentsOf: Data((output + script).utf8))
    try? input.fileHandleForWriting.close()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, FileManager.default.fileExists(atPath: path) else {
      throw Failure(description: "gnuplot could not draw \(path): \(String(decoding: said, as: UTF8.self))")
    }
  }

  /// A text for use between double quotes of a script, where it has to be `noenhanced`: with markup, gnuplot leaves an
  /// ampersand as it is, which an SVG must not have.
  static func quoted(_ text: String) -> String {
    // Between double quotes gnuplot runs what stands between backquotes.
    text.map { "\"`\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }

  private static var executable: URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").lazy
      .map { URL(fileURLWithPath: String($0)).appendingPathComponent("gnuplot") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
