internal import Descent

/// A step in the log of a run: what its report says, under the same names, and the epoch it is in, from 1.
///
/// So a line that is an encoded `StepReport` can be read too.
struct RunRow: Codable {
  let step: Int
  let epoch: Int?
  let loss: Double?
  let learningRate: Double
  let gradientNorm: Double
  let clipFactor: Double
  let updateNorm: Double?
  /// Only where a whole report was encoded. A skipped step or a gradient that was accumulated has the number of the step
  /// that comes next.
  var outcome: StepReport.Outcome?

  init(_ report: StepReport, epoch: Int) {
    (step, self.epoch, loss) = (report.step, epoch, report.loss)
    (learningRate, gradientNorm) = (report.learningRate, report.gradientNorm)
    (clipFactor, updateNorm) = (report.clipFactor, report.updateNorm)
  }
}
