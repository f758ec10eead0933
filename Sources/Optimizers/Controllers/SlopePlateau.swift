#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A plateau that is told by statistics, so that noise neither triggers nor hides it: η ← multiplier · η.
///
/// Through the last n = ``window`` reported metrics goes the least-squares line; s is its slope per report, and with the
/// residual sum of squares RSS,
///
///     Var(s) = 12 σ² / (n³ - n),   σ² = RSS / (n - 2),   P(slope < -margin) = Φ((-margin - s) / √Var(s))
///
/// (signs reversed where larger is better). After ``patience`` reports in a row at which P is below
/// ``leastProbability``, multiplier ← max(multiplier · factor, minimum), and the window begins anew. The idea of asking
/// how likely the loss still falls is dlib's, which also has 0.51 as the threshold.
public struct SlopePlateau: Sendable, Codable, Hashable {
  /// Whether larger or smaller is better.
  public var direction: Plateau.Direction
  /// What the multiplier is multiplied by; in 0 ..< 1.
  public var factor: Double
  /// n, how many metrics the line goes through; at least 3.
  public var window: Int
  /// How many reports in a row without a likely improvement reduce the rate; at least 1.
  public var patience: Int
  /// Below this probability of an improvement a report counts as one without; in 0 ... 1.
  public var leastProbability: Double
  /// The improvement per report that the slope must beat.
  public var margin: Double
  /// The multiplier does not fall below.
  public var minimum: Double
  /// What a metric that is not finite means: as bad, it counts as one without improvement and is no part of the line.
  public var nonFinite: Plateau.NonFinitePolicy

  /// What the controller has seen.
  public struct State: Sendable, Codable, Hashable {
    /// What the rate is multiplied by.
    public internal(set) var multiplier = 1.0
    /// The metrics that the line goes through, oldest first.
    public internal(set) var metrics: [Double] = []
    /// Reports in a row without a likely improvement.
    public internal(set) var badReports = 0
  }

  /// What the controller has seen; part of what a checkpoint keeps.
  public internal(set) var state = State()

  /// A controller that has seen nothing.
  public init(
    _ direction: Plateau.Direction, factor: Double = 0.1, window: Int = 20, patience: Int = 10,
    leastProbability: Double = 0.51, margin: Double = 0, minimum: Double = 0,
    nonFinite: Plateau.NonFinitePolicy = .countAsBad
  ) {
    (self.direction, self.factor, self.window, self.patience) = (direction, factor, window, patience)
    (self.leastProbability, self.margin, self.minimum, self.nonFinite) = (leastProbability, margin, minimum, nonFinite)
  }

  /// P(slope < -margin) of the metrics in the window, or of the rise where larger is better; nil until there are enough.
  public var probabilityOfImprovement: Double? {
    guard state.metrics.count == window else { return nil }
    let n = Double(window)
    // Relative to the first and the largest, so that neither sums nor squares leave the range.
    let sign = direction == .minimize ? 1.0 : -1
    let unit = state.metrics.reduce(0) { max($0, abs($1 / 2 - state.metrics[0] / 2)) }
    guard unit > 0 else { return 0 }
    let y = state.metrics.map { sign * ($0 / 2 - state.metrics[0] / 2) / unit }
    let center = (n - 1) / 2
    let mean = y.reduce(0, +) / n
    var (moment, squares) = (0.0, 0.0)
    for (i, value) in y.enumerated() {
      moment += (Double(i) - center) * (value - mean)
      squares += (value - mean) * (value - mean)
    }
    let spread = (n * n * n - n) / 12
    let slope = moment / spread
    let residual = max(squares - slope * moment, 0)
    let deviation = (residual / (n - 2) / spread).squareRoot()
    let excess = -margin / 2 / unit - slope
    guard deviation > 0 else { return excess > 0 ? 1 : 0 }
    return 0.5 * erfc(-excess / deviation / 2.0.squareRoot())
  }
}

extension SlopePlateau: RateController {
  func rate(_ rate: Double, at step: RateStep) -> Double { rate * state.multiplier }

  mutating func report(_ metric: Double) throws(SettingError) {
    guard try nonFinite.admits(metric) else { return }
    guard metric.isFinite else { return countBadReport() }
    // One more than fits, where the state is that of a longer window.
    state.metrics = (state.metrics + [metric]).suffix(window)
    guard let probability = probabilityOfImprovement else { return }
    if probability < leastProbability { countBadReport() } else { state.badReports = 0 }
  }

  private mutating func countBadReport() {
    state.badReports += 1
    guard state.badReports >= patience else { return }
    (state.badReports, state.metrics) = (0, [])
    state.multiplier = min(state.multiplier, max(state.multiplier * factor, minimum))
  }

  var withoutState: Self {
    var copy = self
    copy.state = State()
    return copy
  }

  func validate() throws(SettingError) {
    try SettingError.check(factor >= 0 && factor < 1, "SlopePlateau.factor", factor, "0 <= factor < 1")
    try SettingError.check(3...1_000_000 ~= window, "SlopePlateau.window", Double(window), "3 <= window <= 1000000")
    try SettingError.check(patience >= 1, "SlopePlateau.patience", Double(patience), "patience >= 1")
    try SettingError.check(
      leastProbability >= 0 && leastProbability <= 1, "SlopePlateau.leastProbability", leastProbability,
      "0 <= probability <= 1")
    try SettingError.check(margin >= 0 && margin.isFinite, "SlopePlateau.margin", margin, "0 <= margin < infinity")
    try SettingError.check(minimum >= 0 && minimum <= 1, "SlopePlateau.minimum", minimum, "0 <= minimum <= 1")
  }
}
