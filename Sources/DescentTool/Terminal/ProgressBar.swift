internal import Foundation

/// A bar on a terminal; on anything else a plain line for every tenth of the way, and every half minute.
package struct ProgressBar {
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
    lastTenth = Self.tenth(alreadyDone, of: total)
    isTerminal = Terminal.errors.isInteractive
  }

  /// Shows how much is done, and the state of things.
  mutating func update(_ done: Int, _ state: @autoclosure () -> String) {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    if isTerminal {
      if done < total, let lastShown, now - lastShown < .milliseconds(80) { return }
      lastShown = now
      var timeLeft: String?
      if done > alreadyDone {
        let left = (now - start) / .seconds(1) * Double(total - done) / Double(done - alreadyDone)
        timeLeft = String(format: "%.0f s left", left)
      }
      let share = Double(done) / Double(max(1, total))
      let line = Self.line(share, state(), timeLeft: timeLeft, width: (Terminal.errors.width ?? 80) - 1)
      Terminal.errors.write("\r\u{1B}[2K" + line)
    } else {
      let tenth = Self.tenth(done, of: total)
      guard tenth > lastTenth || now - (lastShown ?? start) >= .seconds(30) else { return }
      (lastTenth, lastShown) = (tenth, now)
      Terminal.errors.write(state() + "\n")
    }
  }

  /// Leaves the terminal's last line free.
  func finish() {
    if isTerminal && !isQuiet { Terminal.errors.write("\r\u{1B}[2K") }
  }

  /// A line of at most `width` characters: the bar gives way first, then the time that is left.
  package static func line(_ share: Double, _ state: String, timeLeft: String?, width: Int) -> String {
    var end = timeLeft.map { "  " + $0 } ?? ""
    if 8 + 2 + state.count + end.count > width { end = "" }
    let length = min(24, width - 2 - state.count - end.count)
    guard length >= 4 else { return String(state.prefix(max(0, width))) }
    let filled = min(length, max(0, Int(Double(length) * share)))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: length - filled) + "  " + state + end
  }

  private static func tenth(_ done: Int, of total: Int) -> Int { Int(10 * Double(done) / Double(max(1, total))) }
}
