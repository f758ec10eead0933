internal import CKernels
public import Schedules
public import Tensors

/// Adam with a second, slow mean of the gradient beside the first.
///
///     m ← β₁ m + (1 - β₁) g
///     s ← β₃ s + (1 - β₃) g
///     v ← β₂ v + (1 - β₂) g²
///     θ ← θ - η (m̂ + α s) / (√v̂ + ε)    m̂ = m / (1 - β₁ᵏ), v̂ = v / (1 - β₂ᵏ)
///
/// Pagliardini, Ablin and Grangier, "The AdEMAMix optimizer: better, faster, older", 2024; as in Optax. The paper raises α
/// from 0 and β₃ from β₁ over the run: give them schedules. The learning rate is usually 1e-3. State: three numbers a
/// parameter.
public struct AdEMAMix: UpdateRule {
  /// β₁, how much of the fast mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// β₃, how much of the slow mean is kept.
  public var beta3: Schedule
  /// α, the weight of the slow mean.
  public var alpha: Schedule
  /// ε, added to the root.
  public var epsilon: Double

  /// AdEMAMix with the paper's settings at the end of the run unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, beta3: Schedule = 0.9999, alpha: Schedule = 5,
    epsilon: Double = 1e-8
  ) {
    (self.beta1, self.beta2, self.beta3, self.alpha, self.epsilon) = (beta1, beta2, beta3, alpha, epsilon)
  }

  /// `ademamix`.
  public static var name: String { "ademamix" }
  /// m, s and v.
  public var slots: [String] { ["mean", "slowMean", "meanSquare"] }

  /// All decay rates in 0 ..< 1 and α not negative.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("beta3", beta3, in: .fraction), Hyperparameter("alpha", alpha, in: .notNegative),
    ]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "AdEMAMix.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_ademamix
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_ademamix(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2), beta3: step(beta3),
        gain3: 1 - step(beta3), alpha: step(alpha), mean_scale: 1 / step.biasCorrection(beta1),
        square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta3) * state[1] + L(c.gain3) * g
    state[2] = L(c.beta2) * state[2] + L(c.gain2) * (g * g)
    let root = L.squareRoot(L(c.square_scale) * state[2])
    x -= rate * ((L(c.mean_scale) * state[0] + L(c.alpha) * state[1]) / (root + L(c.epsilon)))
  }
}

extension AdEMAMix: KernelRule {
  static var kernel: descent_rule { descent_rule_ademamix }
}
