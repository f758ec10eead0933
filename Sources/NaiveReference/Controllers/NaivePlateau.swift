// The rate that drops when a reported metric stops improving.

/// Reduce on plateau: a multiplier that shrinks after reports that bring no improvement.
///
/// For every reported metric M (to be minimised; one to be maximised is negated first), with best the best so far:
///
///     M improves   iff it is finite and M < best - max(theta_abs, theta_rel * |best|)
///     improvement: best = M, bad = 0
///     else in a cooldown: bad = 0
///     else: bad = bad + 1; if bad >= patience: multiplier = max(multiplier * factor, floor), start a cooldown, bad = 0
///
/// The first finite metric always improves. Peers differ, and each difference is a switch here: torch waits until bad
/// is *more* than its patience and drops reductions of the rate below 1e-8, optax adds both margins and averages
/// several reports; both take the margin from best itself instead of |best| (so that a worse negative metric counts
/// as better), and both let the cooldown run through improvements too.
public struct NaivePlateau: Sendable {
  /// How the two margins and the sign of best enter.
  public enum Margin: Sendable {
    /// max(theta_abs, theta_rel * |best|).
    case largerOfBoth
    /// theta_abs + theta_rel * best, as optax; with one of them 0 also torch's two modes.
    case sumWithSignedBest
  }

  /// theta_rel.
  public var relativeThreshold: Double
  /// theta_abs.
  public var absoluteThreshold: Double
  /// How they combine.
  public var margin: Margin
  /// A reduction comes at this many reports without improvement, at least 1 (torch's patience + 1, optax's patience).
  public var patience: Int
  /// What the multiplier is multiplied with.
  public var factor: Double
  /// The multiplier does not fall below.
  public var floor: Double
  /// Reductions by no more than this are dropped; 0 drops none. (torch: 1e-8 / rate.)
  public var leastReduction: Double
  /// The number of reports after a reduction in which nothing is counted.
  public var cooldown: Int
  /// Whether an improvement, too, uses up a report of the cooldown, as in both peers.
  public var improvementsCoolDown: Bool
  /// Whether larger metrics are better.
  public var isMaximizing: Bool
  /// The number of reports whose mean is one metric.
  public var reportsPerMetric: Int

  /// The multiplier, 1 at first.
  public private(set) var multiplier = 1.0
  /// The best metric so far, with its own sign.
  public var best: Double? { signedBest.map { isMaximizing ? -$0 : $0 } }
  /// The number of counted reports without improvement.
  public private(set) var bad = 0
  /// The number of reports that the cooldown still lasts.
  public private(set) var remainingCooldown = 0

  private var signedBest: Double?
  private var mean = 0.0
  private var reports = 0

  /// A controller that has seen no metric.
  public init(
    factor: Double = 0.1, patience: Int = 10, relativeThreshold: Double = 1e-4, absoluteThreshold: Double = 0,
    margin: Margin = .largerOfBoth, floor: Double = 0, leastReduction: Double = 0, cooldown: Int = 0,
    improvementsCoolDown: Bool = false, isMaximizing: Bool = false, reportsPerMetric: Int = 1
  ) {
    self.factor = factor
    self.patience = patience
    self.relativeThreshold = relativeThreshold
    self.absoluteThreshold = absoluteThreshold
    self.margin = margin
    self.floor = floor
    self.leastReduction = leastReduction
    self.cooldown = cooldown
    self.improvementsCoolDown = improvementsCoolDown
    self.isMaximizing = isMaximizing
    self.reportsPerMetric = reportsPerMetric
  }

  /// Takes one report.
  public mutating func report(_ metric: Double) {
    mean = (Double(reports) * mean + metric) / Double(reports + 1)
    reports += 1
    if reports < reportsPerMetric { return }
    let value = isMaximizing ? -mean : mean
    mean = 0
    reports = 0

    let isImprovement = improves(value)
    if isImprovement { signedBest = value }
    let isCooling = remainingCooldown > 0
    if isCooling && (improvementsCoolDown || !isImprovement) { remainingCooldown -= 1 }
    if isImprovement || isCooling {
      bad = 0
      return
    }
    bad += 1
    if bad < patience { return }
    let reduced = max(multiplier * factor, floor)
    if multiplier - reduced > leastReduction { multiplier = reduced }
    remainingCooldown = cooldown
    bad = 0
  }

  private func improves(_ value: Double) -> Bool {
    if !value.isFinite { return false }
    guard let best = signedBest else { return true }
    switch margin {
    case .largerOfBoth:
      return value < best - max(absoluteThreshold, relativeThreshold * abs(best))
    case .sumWithSignedBest:
      let ownBest = isMaximizing ? -best : best
      return value < best - relativeThreshold * ownBest - absoluteThreshold
    }
  }
}
