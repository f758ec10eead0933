internal import Tensors

/// A learning rate that descends on itself: it rises while consecutive gradients agree and falls when they oppose.
///
///     additive         η = rate + a,   a ← a + β ⟨g, g₋⟩
///     multiplicative   η = rate · m,   m ← m · (1 + β ⟨g, g₋⟩ / (‖g‖₂ ‖g₋‖₂))
///
/// of the gradients before clipping, with η kept in a range. Baydin, Cornish, Martínez Rubio, Schmidt and Wood, "Online
/// learning rate adaptation with hypergradient descent", 2018: SGD-HD, and the multiplicative rule with its product
/// normalised, which needs no β of the scale of the problem.
public struct HypergradientRate: Sendable, Codable, Hashable {
  /// How the rate changes.
  public enum Form: String, Sendable, Codable {
    /// By an amount.
    case additive
    /// By a factor.
    case multiplicative
  }

  /// How the rate changes.
  public var form: Form
  /// β, the rate of the rate.
  public var hyperRate: Double
  /// The least and the largest rate.
  public var range: ClosedRange<Double>

  /// What the controller has seen.
  public struct State: Sendable, Codable, Hashable {
    /// a: what is added to the rate.
    public internal(set) var offset = 0.0
    /// m: what the rate is multiplied by.
    public internal(set) var multiplier = 1.0
    /// ‖g₋‖₂.
    var gradientNorm = ScaledNorm(0)
  }

  /// What the controller has seen; part of what a checkpoint keeps.
  public internal(set) var state = State()

  /// A controller that has seen nothing.
  public init(_ form: Form = .multiplicative, hyperRate: Double, range: ClosedRange<Double> = 0...1) {
    (self.form, self.hyperRate, self.range) = (form, hyperRate, range)
  }
}

extension HypergradientRate: RateController {
  var needs: RateNeeds { [.gradientProduct, .gradientNorm] }

  func rate(_ rate: Double, at step: RateStep) -> Double {
    let state = state(at: step)
    let changed = form == .additive ? rate + state.offset : rate * state.multiplier
    return min(max(changed, range.lowerBound), range.upperBound)
  }

  mutating func advance(past step: RateStep, rate: Double) { state = state(at: step) }

  var withoutState: Self {
    var copy = self
    copy.state = State()
    return copy
  }

  private func state(at step: RateStep) -> State {
    var state = state
    switch form {
    case .additive:
      let offset = state.offset + hyperRate * step.gradientProduct.value
      state.offset = min(max(offset, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    case .multiplicative:
      if step.gradientNorm.mantissa > 0, state.gradientNorm.mantissa > 0 {
        let product = step.gradientProduct
        let cosine = ScaledProduct(
          mantissa: product.mantissa / step.gradientNorm.mantissa / state.gradientNorm.mantissa,
          exponent: product.exponent - step.gradientNorm.exponent - state.gradientNorm.exponent
        ).value
        state.multiplier = min(state.multiplier * (1 + hyperRate * min(max(cosine, -1), 1)), .greatestFiniteMagnitude)
      }
    }
    state.gradientNorm = step.gradientNorm
    return state
  }

  func validate() throws(SettingError) {
    let largest = form == .additive ? Double.infinity : 1
    try SettingError.check(
      hyperRate >= 0 && hyperRate < largest, "HypergradientRate.hyperRate", hyperRate, "0 <= hyperRate < \(largest)")
    try SettingError.check(
      range.lowerBound >= 0 && range.upperBound.isFinite, "HypergradientRate.range",
      range.lowerBound < 0 ? range.lowerBound : range.upperBound, "a range of finite numbers that are not negative")
  }
}
