internal import Descent

/// What the steps of a run reported, in columns.
struct RunHistory {
  private(set) var steps: [Int] = []
  /// nil where the loss was not told.
  private(set) var losses: [Double?] = []
  private(set) var learningRates: [Double] = []
  private(set) var gradientNorms: [Double] = []
  private(set) var clipFactors: [Double] = []
  private(set) var clippedSteps = 0

  mutating func reserve(_ count: Int) {
    steps.reserveCapacity(count)
    losses.reserveCapacity(count)
    learningRates.reserveCapacity(count)
    gradientNorms.reserveCapacity(count)
    clipFactors.reserveCapacity(count)
  }

  mutating func append(_ row: RunRow) {
    steps.append(row.step)
    losses.append(row.loss)
    learningRates.append(row.learningRate)
    gradientNorms.append(row.gradientNorm)
    clipFactors.append(row.clipFactor)
    if row.clipFactor < 1 { clippedSteps += 1 }
  }
}
