internal import CKernels
public import Schedules
public import Tensors

/// Adam with the largest magnitude that is not long ago in place of the root mean square.
///
///     m ← β₁ m + (1 - β₁) g
///     u ← max(β₂ u, |g| + ε)
///     θ ← θ - η m / ((1 - β₁ᵏ) u)
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7, which has no ε; as in PyTorch and Optax.
/// MLX corrects no bias. The learning rate is usually 2e-3. State: two numbers a parameter.
public struct Adamax: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the largest magnitude is kept.
  public var beta2: Schedule
  /// ε, added to the magnitude.
  public var epsilon: Double

  /// Adamax with the paper's settings unless told otherwise.
  public init(beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// `adamax`.
  public static var name: String { "adamax" }
  /// m and u.
  public var slots: [String] { ["mean", "largestMagnitude"] }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "Adamax.epsilon") }

  /// Room for ε and the correction of the bias.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude) / 2
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adamax
  }

  /// The correction of the bias is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_adamax(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), mean_scale: 1 / step.biasCorrection(beta1),
        epsilon: epsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L.maximum(L(c.beta2) * state[1], L.magnitude(g) + L(c.epsilon))
    x -= rate * (L(c.mean_scale) * state[0] / state[1])
  }
}

extension Adamax: KernelRule {
  static var kernel: descent_rule { descent_rule_adamax }
}
