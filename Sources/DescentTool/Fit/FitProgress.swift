internal import Descent
internal import Foundation

/// A bar on a terminal; on anything else a plain line for every tenth of the way.
struct FitProgress {
  private let epochs: Int
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var lastTenth = 0

  init(epochs: Int, isQuiet: Bool) {
    (self.epochs, self.isQuiet) = (epochs, isQuiet)
    isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  mutating func update(_ fit: Fit) {
    guard !isQuiet else { return }
    let done = fit.completedEpochs
    let state = String(
      format: "epoch %d/%d  loss %.6g  rate %.3g  ‖g‖ %.3g", done, epochs, fit.epochLoss,
      fit.lastReport?.learningRate ?? .nan, fit.lastReport?.gradientNorm ?? .nan)
    if isTerminal {
      let now = ContinuousClock.now
      if done < epochs, let lastShown, now - lastShown < .milliseconds(80) { return }
      lastShown = now
      let width = 24
      let filled = width * done / epochs
      let left = (now - start) / .seconds(1) * Double(epochs - done) / Double(done)
      write("\r\u{1B}[2K" + String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled))
      write("  \(state)  " + String(format: "%.0f s left", left))
    } else {
      let tenth = 10 * done / epochs
      guard tenth > lastTenth else { return }
      lastTenth = tenth
      write(state + "\n")
    }
  }

  /// Leaves the terminal's last line free.
  func finish() {
    if isTerminal && !isQuiet { write("\r\u{1B}[2K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
