internal import CKernels
public import Schedules
public import Tensors

/// Adam that descends along the plain mean until the variance of its divisor is known to be finite.
///
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     θ ← θ - η r m̂ / (√v̂ + ε)          if ρ is above the threshold, else θ ← θ - η m̂
///
/// where m̂ = m / (1 - β₁ᵏ), v̂ = v / (1 - β₂ᵏ), ρ∞ = 2 / (1 - β₂) - 1, ρ = ρ∞ - 2 k β₂ᵏ / (1 - β₂ᵏ) and
/// r² = (ρ - 4) (ρ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρ). Liu, Jiang, He, Chen, Liu, Gao and Han, "On the variance of the
/// adaptive learning rate and beyond", 2020, with ρ > 4 and no ε. PyTorch rectifies where ρ > 5 and divides by
/// (√v + ε) / √(1 - β₂ᵏ); Optax where ρ ≥ 5, and by √v̂ + ε. The learning rate is usually 1e-3. State: two numbers a
/// parameter.
public struct RAdam: UpdateRule {
  /// Where ε is added, and from what ρ on the divisor is used.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// ρ > 5, and ε before the correction of the bias, as in PyTorch.
    case pyTorch
    /// ρ ≥ 5, and ε after it, as in Optax.
    case optax
  }

  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// Whose threshold and ε are followed.
  public var convention: Convention

  /// RAdam as in PyTorch unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8, convention: Convention = .pyTorch
  ) {
    (self.beta1, self.beta2, self.epsilon, self.convention) = (beta1, beta2, epsilon, convention)
  }

  /// `radam`.
  public static var name: String { "radam" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "RAdam.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_radam
  }

  /// The corrections of the bias and the rectification are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let (beta2, correction) = (step(beta2), step.biasCorrection(beta2))
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * Double(step.number) * (1 - correction) / correction
    let isRectified = convention == .pyTorch ? length > 5 : length >= 5
    var meanScale = 1 / step.biasCorrection(beta1)
    if isRectified {
      meanScale *= ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
      if convention == .pyTorch { meanScale *= correction.squareRoot() }
    }
    return Coefficients(
      shared: descent_radam(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: beta2, gain2: 1 - beta2, mean_scale: meanScale,
        square_scale: convention == .pyTorch ? 1 : 1 / correction, epsilon: epsilon, is_rectified: isRectified))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    let mean = L(c.mean_scale) * state[0]
    guard c.is_rectified else {
      x -= rate * mean
      return
    }
    x -= rate * (mean / (L.squareRoot(L(c.square_scale) * state[1]) + L(c.epsilon)))
  }
}

extension RAdam: KernelRule {
  static var kernel: descent_rule { descent_rule_radam }
}
