internal import CKernels
public import Schedules
public import Tensors

/// Adam whose divisor never falls: it takes the largest mean of squares so far.
///
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     w ← max(w, v)                     or w ← max(w, v / (1 - β₂ᵏ))
///     θ ← θ - η m̂ / (√ŵ + ε)            m̂ = m / (1 - β₁ᵏ); ŵ = w / (1 - β₂ᵏ), or w
///
/// Reddi, Kale and Kumar, "On the convergence of Adam and beyond", 2018, which corrects no bias. PyTorch takes the largest
/// of the means as they are, Optax of the corrected ones: not the same from the second step on. The learning rate is
/// usually 1e-3. State: three numbers a parameter.
public struct AMSGrad: UpdateRule {
  /// Whose largest mean of squares is taken.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// The largest before the correction of the bias, as in PyTorch.
    case pyTorch
    /// The largest after it, as in Optax.
    case optax
  }

  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// Whose order of maximum and correction is followed.
  public var convention: Convention
  /// Whether to climb instead of descend, as PyTorch's `maximize`: the same bits as along the negative gradient.
  public var maximize: Bool

  /// AMSGrad as in PyTorch unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8, convention: Convention = .pyTorch,
    maximize: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.convention, self.maximize) = (convention, maximize)
  }

  /// `amsgrad`.
  public static var name: String { "amsgrad" }
  /// m, v and w.
  public var slots: [String] { ["mean", "meanSquare", "largestMeanSquare"] }
  /// Whether to climb.
  public var ascends: Bool { maximize }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "AMSGrad.epsilon") }

  /// What can be squared and divided by the corrections.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_amsgrad
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let squareScale = 1 / step.biasCorrection(beta2)
    return Coefficients(
      shared: descent_amsgrad(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2),
        mean_scale: 1 / step.biasCorrection(beta1), scale_before: convention == .optax ? squareScale : 1,
        scale_after: convention == .optax ? 1 : squareScale, epsilon: epsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    state[2] = L.maximum(state[2], L(c.scale_before) * state[1])
    let root = L.squareRoot(L(c.scale_after) * state[2])
    x -= rate * (L(c.mean_scale) * state[0] / (root + L(c.epsilon)))
  }
}

extension AMSGrad: KernelRule {
  static var kernel: descent_rule { descent_rule_amsgrad }
}
