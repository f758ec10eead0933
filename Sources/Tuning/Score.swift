/// How good a trial is with so much resource: the mean over its folds.
public struct Score: Sendable, Hashable {
  /// The number of the trial, from 0.
  public let trial: Int
  /// What it was given.
  public let resource: Int
  /// What it tried.
  public let configuration: Configuration
  /// The loss on each fold, infinite where there is none.
  public let losses: [Double]
  /// The mean loss; infinite if one is.
  public let mean: Double
  /// s / √k, where s² = Σ (loss - mean)² / (k - 1) over the k folds; nil with one fold, and where the mean is infinite.
  public let standardError: Double?
  /// Why there is no loss, by fold; empty where there are all.
  public let reasons: [Int: String]

  /// The score of evaluations of the same trial and resource, in the order of the folds.
  init(_ evaluations: [Evaluation]) {
    (trial, resource, configuration) = (evaluations[0].trial, evaluations[0].resource, evaluations[0].configuration)
    losses = evaluations.map(\.loss)
    reasons = Dictionary(uniqueKeysWithValues: evaluations.compactMap { one in one.reason.map { (one.fold, $0) } })
    let count = Double(losses.count)
    let mean = losses.reduce(0, +) / count
    self.mean = mean
    if losses.count > 1, mean.isFinite {
      // Scaled, because the squares of large deviations would overflow.
      let deviations = losses.map { abs($0 - mean) }
      let largest = deviations.max()!
      let sum = deviations.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
      standardError = largest == 0 ? 0 : largest * (sum / (count * (count - 1))).squareRoot()
    } else {
      standardError = nil
    }
  }

  /// Whether this score is better: more of the resource, then a smaller mean, then a smaller number.
  func isBetter(than other: Score) -> Bool {
    (-resource, mean, trial) < (-other.resource, other.mean, other.trial)
  }
}
