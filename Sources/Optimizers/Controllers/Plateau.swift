/// A rate that falls when what is reported stops getting better: η ← multiplier · η.
///
/// For each reported metric M (negated where larger is better), with `best` the best so far:
///
///     M improves         iff it is finite and M < best - max(absoluteMargin, relativeMargin · |best|)
///     improvement:       best ← M, bad ← 0
///     else cooling down: bad ← 0, one report less to cool
///     else:              bad ← bad + 1; at bad = `patience`: multiplier ← max(multiplier · factor, minimum),
///                        bad ← 0, and cooling begins
///
/// The margin takes |best|: PyTorch and Optax use best itself, so for a negative metric a worse value counts as an
/// improvement. PyTorch reduces when bad *exceeds* its patience, Optax and Keras when it is reached. the factories named for PyTorch and
/// Optax reproduce those peers. The multiplier composes with every schedule and other controller.
public struct Plateau: Sendable, Codable, Hashable {
  /// Which metric is better.
  public enum Direction: String, Sendable, Codable {
    /// A smaller one, as of a loss.
    case minimize
    /// A larger one, as of an accuracy.
    case maximize
  }

  /// What a metric that is not finite means.
  public enum NonFinitePolicy: String, Sendable, Codable {
    /// It brings no improvement.
    case countAsBad
    /// It was never reported.
    case ignore
    /// It is an error.
    case `throw`

    /// Whether a metric is to be looked at.
    func admits(_ metric: Double) throws(SettingError) -> Bool {
      guard !metric.isFinite else { return true }
      switch self {
      case .countAsBad: return true
      case .ignore: return false
      case .throw: throw SettingError(name: "the reported metric", value: metric, requirement: "a finite number")
      }
    }
  }

  /// How margins and cooldown work where peers differ.
  public enum Convention: String, Sendable, Codable {
    /// As described above.
    case descent
    /// The margin is signed (absolute + relative · best), and the cooldown passes during improvements too.
    case signedMargin
  }

  /// Whether larger or smaller is better.
  public var direction: Direction
  /// What the multiplier is multiplied by; in 0 ..< 1.
  public var factor: Double
  /// How many reports in a row without improvement reduce the rate; at least 1.
  public var patience: Int
  /// The relative part of the margin.
  public var relativeMargin: Double
  /// The absolute part of the margin.
  public var absoluteMargin: Double
  /// For how many reports after a reduction nothing is counted.
  public var cooldown: Int
  /// The multiplier does not fall below.
  public var minimum: Double
  /// A reduction of the multiplier by no more than this is left out.
  public var smallestReduction: Double
  /// How many reports are averaged into one metric.
  public var reportsPerMetric: Int
  /// What a metric that is not finite means.
  public var nonFinite: NonFinitePolicy
  /// How margins and cooldown work.
  public var convention: Convention

  /// What the controller has seen.
  public struct State: Sendable, Codable, Hashable {
    /// What the rate is multiplied by.
    public internal(set) var multiplier = 1.0
    /// The best metric so far, or nil.
    public internal(set) var best: Double?
    /// Counted reports in a row without improvement.
    public internal(set) var badReports = 0
    /// Reports that the cooldown still lasts.
    public internal(set) var cooling = 0
    /// The reports that are to be averaged, and whether all were finite.
    var sum = 0.0
    var reports = 0
    var isFinite = true
  }

  /// What the controller has seen; part of what a checkpoint keeps.
  public internal(set) var state = State()

  /// A controller that has seen nothing.
  public init(
    _ direction: Direction, factor: Double = 0.1, patience: Int = 10, relativeMargin: Double = 1e-4,
    absoluteMargin: Double = 0, cooldown: Int = 0, minimum: Double = 0, smallestReduction: Double = 0,
    reportsPerMetric: Int = 1, nonFinite: NonFinitePolicy = .countAsBad, convention: Convention = .descent
  ) {
    (self.direction, self.factor, self.patience) = (direction, factor, patience)
    (self.relativeMargin, self.absoluteMargin, self.cooldown) = (relativeMargin, absoluteMargin, cooldown)
    (self.minimum, self.smallestReduction, self.reportsPerMetric) = (minimum, smallestReduction, reportsPerMetric)
    (self.nonFinite, self.convention) = (nonFinite, convention)
  }

  /// PyTorch's `ReduceLROnPlateau`, with its names and defaults, for a run whose rate is `baseRate` before reductions.
  public static func pyTorch(
    _ direction: Direction = .minimize, baseRate: Double, factor: Double = 0.1, patience: Int = 10,
    threshold: Double = 1e-4, isThresholdRelative: Bool = true, cooldown: Int = 0, minimumRate: Double = 0,
    epsilon: Double = 1e-8
  ) -> Plateau {
    // One report more, but for a patience that has no end.
    Plateau(
      direction, factor: factor, patience: max(patience, patience &+ 1),
      relativeMargin: isThresholdRelative ? threshold : 0,
      absoluteMargin: isThresholdRelative ? 0 : threshold, cooldown: cooldown, minimum: minimumRate / baseRate,
      smallestReduction: epsilon / baseRate, convention: .signedMargin)
  }

  /// Optax's `contrib.reduce_on_plateau`, with its names and defaults.
  public static func optax(
    factor: Double = 0.1, patience: Int = 10, rtol: Double = 1e-4, atol: Double = 0, cooldown: Int = 0,
    accumulationSize: Int = 1, minimumScale: Double = 0
  ) -> Plateau {
    Plateau(
      .minimize, factor: factor, patience: patience, relativeMargin: rtol, absoluteMargin: atol, cooldown: cooldown,
      minimum: minimumScale, reportsPerMetric: accumulationSize, convention: .signedMargin)
  }

}

extension Plateau: RateController {
  func rate(_ rate: Double, at step: RateStep) -> Double { rate * state.multiplier }

  mutating func report(_ metric: Double) throws(SettingError) {
    guard try nonFinite.admits(metric) else { return }
    // An average with a number that is not finite is none; the sum stays one that JSON can hold.
    state.isFinite = state.isFinite && (state.sum + metric).isFinite
    if state.isFinite { state.sum += metric }
    state.reports += 1
    guard state.reports >= reportsPerMetric else { return }
    let mean = state.isFinite ? state.sum / Double(state.reports) : .nan
    (state.sum, state.reports, state.isFinite) = (0, 0, true)

    let hasImproved = improves(mean)
    if hasImproved { (state.best, state.badReports) = (mean, 0) }
    let isCooling = state.cooling > 0
    if isCooling, !hasImproved || convention == .signedMargin {
      state.cooling -= 1
      state.badReports = 0
    }
    guard !hasImproved, !isCooling else { return }
    state.badReports += 1
    guard state.badReports >= patience else { return }
    (state.badReports, state.cooling) = (0, cooldown)
    let reduced = max(state.multiplier * factor, minimum)
    guard state.multiplier - reduced > smallestReduction else { return }
    state.multiplier = reduced
  }

  var withoutState: Self {
    var copy = self
    copy.state = State()
    return copy
  }

  private func improves(_ metric: Double) -> Bool {
    guard metric.isFinite else { return false }
    guard let best = state.best else { return true }
    let margin =
      switch convention {
      case .descent: max(absoluteMargin, relativeMargin * abs(best))
      case .signedMargin: absoluteMargin + relativeMargin * best
      }
    return direction == .minimize ? metric < best - margin : metric > best + margin
  }

  func validate() throws(SettingError) {
    try SettingError.check(factor >= 0 && factor < 1, "Plateau.factor", factor, "0 <= factor < 1")
    try SettingError.check(patience >= 1, "Plateau.patience", Double(patience), "patience >= 1")
    try SettingError.check(
      relativeMargin >= 0 && relativeMargin.isFinite, "Plateau.relativeMargin", relativeMargin, "0 <= margin < infinity"
    )
    try SettingError.check(
      absoluteMargin >= 0 && absoluteMargin.isFinite, "Plateau.absoluteMargin", absoluteMargin, "0 <= margin < infinity"
    )
    try SettingError.check(cooldown >= 0, "Plateau.cooldown", Double(cooldown), "cooldown >= 0")
    try SettingError.check(minimum >= 0 && minimum <= 1, "Plateau.minimum", minimum, "0 <= minimum <= 1")
    try SettingError.check(smallestReduction >= 0, "Plateau.smallestReduction", smallestReduction, "at least 0")
    try SettingError.check(
      reportsPerMetric >= 1, "Plateau.reportsPerMetric", Double(reportsPerMetric), "reportsPerMetric >= 1")
  }
}
