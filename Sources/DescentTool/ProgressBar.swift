internal import Foundation

/// A bar on a terminal; on anything else a plain line for every tenth of the way.
struct ProgressBar {
  private let total: Int
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var lastTenth: Int
  private let alreadyDone: Int

  /// - Parameter alreadyDone: what is done before the start, which says nothing about the time that the rest will take.
  init(total: Int, alreadyDone: Int = 0, isQuiet: Bool) {
    (self.total, self.alreadyDone, self.isQuiet) = (total, alreadyDone, isQuiet)
    lastTenth = 10 * alreadyDone / max(1, total)
    isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Shows how much is done, and the state of things.
  mutating func update(_ done: Int, _ state: @autoclosure () -> String) {
    guard !isQuiet else { return }
    if isTerminal {
      let now = ContinuousClock.now
      if done < total, let lastShown, now - lastShown < .milliseconds(80) { return }
      lastShown = now
      let width = 24
      let filled = width * done / total
      write("\r\u{1B}[2K" + String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled))
      write("  \(state())")
      guard done > alreadyDone else { return }
      let left = (now - start) / .seconds(1) * Double(total - done) / Double(done - alreadyDone)
      write(String(format: "  %.0f s left", left))
    } else {
      let tenth = 10 * done / total
      guard tenth > lastTenth else { return }
      lastTenth = tenth
      write(state() + "\n")
    }
  }

  /// Leaves the terminal's last line free.
  func finish() {
    if isTerminal && !isQuiet { write("\r\u{1B}[2K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
