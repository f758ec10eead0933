internal import CKernels
public import Schedules
public import Tensors

/// Momentum of gradients that are divided by a root mean square from before the step.
///
///     v ← g²                             at the first step, which moves nothing; afterwards
///     m ← β₁ m + (1 - β₁) clamp(g / max(√v, ε), ±b)
///     θ ← θ - η m
///     v ← β₂ v + (1 - β₂) g²
///
/// Taniguchi, Harada, Minegishi, Oshima, Jeong, Nagahara, Iiyama, Suzuki, Iwasawa and Matsuo, "ADOPT: modified Adam can
/// converge with any β₂ with the optimal rate", 2024, with the bound b = (k - 1)^(1/4) at step k, as in Optax;
/// pytorch_optimizer has k^(1/4). The learning rate is usually 1e-3. State: two numbers a parameter.
public struct ADOPT: UpdateRule {
  /// What the bound is the fourth root of.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// The number of moves so far and this one, as in the paper and Optax.
    case paper
    /// The number of steps, the first among them, as in pytorch_optimizer.
    case pyTorchOptimizer
  }

  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, the least divisor.
  public var epsilon: Double
  /// What the bound is the fourth root of.
  public var convention: Convention

  /// ADOPT with the paper's settings unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.9999, epsilon: Double = 1e-6, convention: Convention = .paper
  ) {
    (self.beta1, self.beta2, self.epsilon, self.convention) = (beta1, beta2, epsilon, convention)
  }

  /// `adopt`.
  public static var name: String { "adopt" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "ADOPT.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adopt
  }

  /// The bound is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let counted = convention == .paper ? step.number - 1 : step.number
    return Coefficients(
      shared: descent_adopt(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2),
        bound: Double(counted).squareRoot().squareRoot(), epsilon: epsilon, is_first: step.number == 1))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    guard !c.is_first else {
      state[1] = g * g
      return
    }
    let ratio = g / L.maximum(L.squareRoot(state[1]), L(c.epsilon))
    let clamped = L.maximum(L.minimum(ratio, L(c.bound)), -L(c.bound))
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * clamped
    x -= rate * state[0]
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
  }
}

extension ADOPT: KernelRule {
  static var kernel: descent_rule { descent_rule_adopt }
}
