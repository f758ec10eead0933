internal import Tensors

/// A learning rate from the last change of parameters and gradient: the steps of Barzilai and Borwein.
///
/// With s = θ - θ₋ and y = g - g₋ of the gradients before clipping,
///
///     long    ⟨s, s⟩ / ⟨s, y⟩         short    ⟨s, y⟩ / ⟨y, y⟩
///     η = rate · penalty · clamp(long or short, range)
///
/// Where ⟨s, y⟩ is not positive the last value serves again; before there is one, ``initialRate``. Barzilai and Borwein,
/// "Two-point step size gradient methods", 1988. For gradients without noise: those of mini-batches make y meaningless.
///
/// The safeguard is the non-monotone test of Grippo, Lampariello and Lucidi (1986) as Raydan (1997) uses it, made when the
/// next loss is known: the last step was good if
///
///     f ≤ max(the last `window` losses) - γ η₋ ‖g₋‖₂²
///
/// with the rate η₋ that was applied, the clip factor in it.
/// Each step in a row that was not multiplies the penalty by ``Safeguard/backoff``; a good one sets it back to 1.
public struct BarzilaiBorweinRate: Sendable, Codable, Hashable {
  /// Which quotient.
  public enum Form: String, Sendable, Codable {
    /// ⟨s, s⟩ / ⟨s, y⟩.
    case long
    /// ⟨s, y⟩ / ⟨y, y⟩.
    case short
    /// Long and short in turn.
    case alternating
  }

  /// The non-monotone test; it needs the loss.
  public struct Safeguard: Sendable, Codable, Hashable {
    /// How many losses are looked back on; 1 ... 16.
    public var window: Int
    /// γ, the share of the expected decrease that is asked for.
    public var sufficientDecrease: Double
    /// What a step that was too long multiplies the next by.
    public var backoff: Double

    /// Ten losses, as in Grippo et al.
    public init(window: Int = 10, sufficientDecrease: Double = 1e-4, backoff: Double = 0.5) {
      (self.window, self.sufficientDecrease, self.backoff) = (window, sufficientDecrease, backoff)
    }
  }

  /// The rate before two gradients are known; positive.
  public var initialRate: Double
  /// Which quotient.
  public var form: Form
  /// The least and the largest quotient that is used.
  public var range: ClosedRange<Double>
  /// The test of the losses, or nil for none.
  public var safeguard: Safeguard?

  /// What the controller has seen.
  public struct State: Sendable, Codable, Hashable {
    /// The last quotient that was used, or nil.
    public internal(set) var quotient: Double?
    /// What the safeguard multiplies by.
    public internal(set) var penalty = 1.0
    var losses = SIMD16<Double>.zero
    var lossCount = 0
    var expectedDecrease = 0.0
  }

  /// What the controller has seen; part of what a checkpoint keeps.
  public internal(set) var state = State()

  /// A controller that has seen nothing.
  public init(
    initialRate: Double = 1e-3, form: Form = .alternating, range: ClosedRange<Double> = 1e-10...1e10,
    safeguard: Safeguard? = Safeguard()
  ) {
    (self.initialRate, self.form, self.range, self.safeguard) = (initialRate, form, range, safeguard)
  }
}

extension BarzilaiBorweinRate: RateController {
  var needs: RateNeeds { [.secants, .gradientNorm] }

  func rate(_ rate: Double, at step: RateStep) throws(StepError) -> Double {
    if safeguard != nil { _ = try step.loss(for: "BarzilaiBorweinRate") }
    return rate * penalty(at: step) * (quotient(at: step) ?? initialRate)
  }

  mutating func advance(past step: RateStep, rate: Double) {
    (state.quotient, state.penalty) = (quotient(at: step), penalty(at: step))
    guard let safeguard, let loss = step.loss else { return }
    state.losses[state.lossCount % safeguard.window] = loss
    state.lossCount += 1
    state.expectedDecrease = min(
      step.gradientNorm.times(rate).value * step.gradientNorm.value, .greatestFiniteMagnitude)
  }

  var withoutState: Self {
    var copy = self
    copy.state = State()
    return copy
  }

  private func quotient(at step: RateStep) -> Double? {
    let (s, sy, y) = (step.secants.parameters, step.secants.mixed, step.secants.gradients)
    guard step.completedSteps > 0, sy.mantissa > 0 else { return state.quotient }
    let isLong = form == .long || form == .alternating && step.completedSteps % 2 == 1
    let quotient = isLong ? s / sy : sy / y
    return min(max(quotient, range.lowerBound), range.upperBound)
  }

  private func penalty(at step: RateStep) -> Double {
    guard let safeguard, let loss = step.loss, state.lossCount > 0 else { return 1 }
    var largest = -Double.infinity
    for place in 0..<min(state.lossCount, safeguard.window) { largest = max(largest, state.losses[place]) }
    let isGood = loss <= largest - safeguard.sufficientDecrease * state.expectedDecrease
    return isGood ? 1 : state.penalty * safeguard.backoff
  }

  func validate() throws(SettingError) {
    try SettingError.check(
      initialRate > 0 && initialRate.isFinite, "BarzilaiBorweinRate.initialRate", initialRate, "0 < rate < infinity")
    try SettingError.check(
      range.lowerBound > 0 && range.upperBound.isFinite, "BarzilaiBorweinRate.range",
      range.lowerBound > 0 ? range.upperBound : range.lowerBound, "a range of positive, finite numbers")
    try SettingError.check(
      0...1 << 53 ~= state.lossCount, "BarzilaiBorweinRate.state.lossCount", Double(state.lossCount),
      "0 <= count <= 2^53")
    guard let safeguard else { return }
    try SettingError.check(
      1...16 ~= safeguard.window, "BarzilaiBorweinRate.window", Double(safeguard.window), "1 <= window <= 16")
    try SettingError.check(
      safeguard.sufficientDecrease >= 0 && safeguard.sufficientDecrease < 1, "BarzilaiBorweinRate.sufficientDecrease",
      safeguard.sufficientDecrease, "0 <= share < 1")
    try SettingError.check(
      safeguard.backoff > 0 && safeguard.backoff < 1, "BarzilaiBorweinRate.backoff", safeguard.backoff,
      "0 < backoff < 1")
  }
}
