internal import Descent
internal import Foundation
internal import Synchronization

/// How far a search is, and the best rate so far. Told from several threads.
final class TuneProgress: Sendable {
  private let total: Int
  private let isQuiet: Bool
  private let state: Mutex<(bar: ProgressBar, hasBegun: Bool)>

  init(total: Int, isQuiet: Bool) {
    (self.total, self.isQuiet) = (total, isQuiet)
    var bar = ProgressBar(total: total, isQuiet: isQuiet)
    bar.update(0, "fit 0/\(total)")
    state = Mutex((bar, false))
  }

  func update(_ progress: StudyProgress) {
    state.withLock { state in
      if !state.hasBegun {
        // Only now is it known how many fits came from a log.
        let alreadyDone = progress.finished - 1
        state = (ProgressBar(total: total, alreadyDone: alreadyDone, isQuiet: isQuiet), true)
      }
      state.bar.update(progress.finished, "fit \(progress.finished)/\(total)" + Self.best(progress.best))
    }
  }

  /// Leaves the terminal's last line free.
  func finish() { state.withLock { $0.bar.finish() } }

  private static func best(_ score: Score?) -> String {
    guard let score, case .number(let rate) = score.configuration["learningRate"] else { return "" }
    return String(format: "  best rate %.4g, loss %.6g ± %.2g", rate, score.mean, score.standardError ?? 0)
  }
}
