internal import Descent

/// What every step reported, in columns.
struct FitHistory {
  private(set) var losses: [Double] = []
  private(set) var rates: [Double] = []
  private(set) var gradientNorms: [Double] = []
  private(set) var clippedSteps = 0

  mutating func reserve(_ steps: Int) {
    losses.reserveCapacity(steps)
    rates.reserveCapacity(steps)
    gradientNorms.reserveCapacity(steps)
  }

  mutating func append(loss: Double, _ report: StepReport) {
    losses.append(loss)
    rates.append(report.learningRate)
    gradientNorms.append(report.gradientNorm)
    if report.clipFactor < 1 { clippedSteps += 1 }
  }
}
