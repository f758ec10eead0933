internal import Foundation

/// One of the two streams that a person may be looking at.
enum Terminal: Int32 {
  case output = 1
  case errors = 2

  /// Whether it is a terminal whose lines can be written over.
  var isInteractive: Bool { isatty(rawValue) == 1 && Self.environment["TERM"] != "dumb" }

  /// The columns of a line: what COLUMNS says, else what the terminal says; nil where there is no limit.
  var width: Int? {
    if let columns = Self.environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return columns }
    guard isatty(rawValue) == 1 else { return nil }
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A text in a style, where there is colour: on a terminal, unless NO_COLOR is set (https://no-color.org).
  func styled(_ text: String, _ style: Style) -> String {
    guard isInteractive, Self.environment["NO_COLOR"].map(\.isEmpty) ?? true else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  /// Writes a text; what cannot be written is lost.
  func write(_ text: String) { _ = isWritten(text) }

  /// Writes a text, and throws where it cannot be written, but for a reader that has read enough.
  func writeResult(_ text: String) throws(LostOutput) {
    guard isWritten(text) || errno == EPIPE else { throw LostOutput(reason: String(cString: strerror(errno))) }
  }

  /// Writes a text; where that fails, `errno` says why.
  private func isWritten(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
    }
    return true
  }

  /// A result that did not reach standard output.
  struct LostOutput: Error, CustomStringConvertible {
    let reason: String

    var description: String { "the result could not be written to standard output: \(reason)" }
  }

  /// Tells of what is legal but seldom meant.
  static func warn(_ text: String) {
    let lines = LineWrap.wrapped("warning: \(text)", to: errors.width)
    errors.write(errors.styled("warning:", .yellow) + lines.dropFirst("warning:".count) + "\n")
  }

  /// Tells of something in lines that fit.
  static func note(_ text: String) { errors.write(LineWrap.wrapped(text, to: errors.width) + "\n") }

  enum Style: Int {
    case yellow = 33
  }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
