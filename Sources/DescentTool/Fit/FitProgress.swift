internal import Descent
internal import Foundation

/// How far a fit is.
struct FitProgress {
  private let epochs: Int
  private var bar: ProgressBar

  init(epochs: Int, isQuiet: Bool) {
    self.epochs = epochs
    bar = ProgressBar(total: epochs, isQuiet: isQuiet)
  }

  mutating func update(_ fit: Fit) {
    let epochs = epochs
    bar.update(
      fit.completedEpochs,
      String(
        format: "epoch %d/%d  loss %.6g  rate %.3g  ‖g‖ %.3g", fit.completedEpochs, epochs, fit.epochLoss,
        fit.lastReport?.learningRate ?? .nan, fit.lastReport?.gradientNorm ?? .nan))
  }

  /// Leaves the terminal's last line free.
  func finish() { bar.finish() }
}
