internal import Tensors

/// A learning rate from the distance of the loss to its least value: the stochastic Polyak step.
///
///     η = rate · min(cap, max(f - f*, 0) / (c ‖g‖₂² + ε))
///
/// Polyak, "Introduction to optimization", 1987; with a cap, SPSmax of Loizou, Vaswani, Laradji and Lacoste-Julien,
/// "Stochastic Polyak step-size for SGD", 2021. The positive part makes it SPS₊ (Garrigos, Gower and Schaipp 2023): a loss
/// below the assumed least value stops instead of climbing. Where g = 0 the rate is 0. The loss is what `step` is told, the
/// norm is of the gradient before clipping. ``optax(leastLoss:cap:scaling:epsilon:)`` reproduces Optax's `polyak_sgd`, which
/// takes its norm of the scaled gradient and does not step at all where ‖g‖₂² is below 2.2e-16.
public struct PolyakRate: Sendable, Codable, Hashable {
  /// f*, the least loss there is, or a bound below it.
  public var leastLoss: Double
  /// The largest quotient; positive.
  public var cap: Double
  /// c: 1/2 in the analysis of convex functions, 1 in practice.
  public var scale: Double
  /// ε, added to the denominator.
  public var epsilon: Double
  /// Where the denominator is no larger than this, the rate is 0.
  public var leastDenominator: Double

  /// A rate of at most `cap`.
  public init(
    leastLoss: Double = 0, cap: Double = 1, scale: Double = 1, epsilon: Double = 0, leastDenominator: Double = 0
  ) {
    (self.leastLoss, self.cap, self.scale, self.epsilon) = (leastLoss, cap, scale, epsilon)
    self.leastDenominator = leastDenominator
  }

  /// Optax's `polyak_sgd`, for a schedule that is its `scaling`.
  public static func optax(
    leastLoss: Double = 0, cap: Double = 1, scaling: Double = 1, epsilon: Double = 0
  ) -> PolyakRate {
    PolyakRate(
      leastLoss: leastLoss, cap: cap, scale: scaling * scaling, epsilon: epsilon, leastDenominator: 0x1p-52)
  }
}

extension PolyakRate: RateController {
  var needs: RateNeeds { .gradientNorm }

  func rate(_ rate: Double, at step: RateStep) throws(StepError) -> Double {
    let gap = max(try step.loss(for: "PolyakRate") - leastLoss, 0)
    let norm = step.gradientNorm
    guard norm.mantissa > 0, gap > 0 else { return 0 }
    let square = scale * norm.value * norm.value
    // By the norm twice, where its square is out of range.
    let isPlain = square > 0x1p-1000 && square < .infinity
    guard square + epsilon > leastDenominator || leastDenominator == 0 else { return 0 }
    let quotient = isPlain ? gap / (square + epsilon) : norm.dividing(norm.dividing(gap / scale))
    return rate * min(cap, epsilon > 0 && !isPlain ? min(quotient, gap / epsilon) : quotient)
  }

  func validate() throws(SettingError) {
    try SettingError.check(leastLoss.isFinite, "PolyakRate.leastLoss", leastLoss, "a finite number")
    try SettingError.check(cap > 0 && cap.isFinite, "PolyakRate.cap", cap, "0 < cap < infinity")
    try SettingError.check(scale > 0 && scale.isFinite, "PolyakRate.scale", scale, "0 < scale < infinity")
    try SettingError.check(
      leastDenominator >= 0 && leastDenominator.isFinite, "PolyakRate.leastDenominator", leastDenominator,
      "0 <= leastDenominator < infinity")
    try SettingError.check(epsilon >= 0 && epsilon.isFinite, "PolyakRate.epsilon", epsilon, "0 <= epsilon < infinity")
  }
}
