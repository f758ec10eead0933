internal import CKernels
public import Schedules
public import Tensors

/// Adam with a Nesterov momentum that is estimated by the difference of gradients.
///
/// With Δ = g - g₋ from the gradient of the step before, zero at the first step,
///
///     m ← β₁ m + (1 - β₁) g
///     d ← β₂ d + (1 - β₂) Δ
///     n ← β₃ n + (1 - β₃) (g + κ Δ)²
///     θ ← (θ - η (m̂ + κ d̂) / (√(n̂ + ε') + ε)) / (1 + η λ)
///
/// where every mean is divided by its 1 - βᵏ and κ = β₂. Xie, Zhou, Li, Lin and Yan, "Adan: adaptive Nesterov momentum
/// algorithm for faster optimizing deep models", 2022, written with shares that are kept. Optax has κ = 1 - β₂, not the
/// paper's, and decays by 1 - η λ. λ is that of `WeightDecay.decoupled`. The learning rate is usually 1e-3. State: four
/// numbers a parameter.
public struct Adan: UpdateRule {
  /// How the difference is weighed and the decay taken.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// κ = β₂, and parameters are divided by 1 + η λ.
    case paper
    /// κ = 1 - β₂, and parameters are multiplied by 1 - η λ, as in Optax.
    case optax
  }

  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of differences is kept.
  public var beta2: Schedule
  /// β₃, how much of the mean of squares is kept.
  public var beta3: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// ε', added under the root.
  public var rootEpsilon: Double
  /// How the difference is weighed and the decay taken.
  public var convention: Convention

  /// Adan with the paper's settings unless told otherwise.
  public init(
    beta1: Schedule = 0.98, beta2: Schedule = 0.92, beta3: Schedule = 0.99, epsilon: Double = 1e-8,
    rootEpsilon: Double = 0, convention: Convention = .paper
  ) {
    (self.beta1, self.beta2, self.beta3) = (beta1, beta2, beta3)
    (self.epsilon, self.rootEpsilon, self.convention) = (epsilon, rootEpsilon, convention)
  }

  /// `adan`.
  public static var name: String { "adan" }
  /// m, d, n and g₋.
  public var slots: [String] { ["mean", "meanDifference", "meanSquare", "previousGradient"] }
  /// Where the paper divides by it.
  public var takesDecoupledDecay: Bool { convention == .paper }

  /// All decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("beta3", beta3, in: .fraction),
    ]
  }

  /// - Throws: `SettingError` where both ε are zero.
  public func validate() throws(SettingError) {
    try SettingError.check(epsilon: epsilon, rootEpsilon: rootEpsilon, of: "Adan")
  }

  /// What is squared is at most three times the largest gradient.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 8 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adan
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let weight = convention == .paper ? step(beta2) : 1 - step(beta2)
    return Coefficients(
      shared: descent_adan(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2), beta3: step(beta3),
        gain3: 1 - step(beta3), weight: weight, mean_scale: 1 / step.biasCorrection(beta1),
        difference_scale: weight / step.biasCorrection(beta2), square_scale: 1 / step.biasCorrection(beta3),
        epsilon: epsilon, root_epsilon: rootEpsilon, decay: step.decoupledDecay, is_first: step.number == 1))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let difference = c.is_first ? L(0) : g - state[3]
    let ahead = g + L(c.weight) * difference
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * difference
    state[2] = L(c.beta3) * state[2] + L(c.gain3) * (ahead * ahead)
    state[3] = g
    let root = L.squareRoot(L(c.square_scale) * state[2] + L(c.root_epsilon))
    x -= rate * ((L(c.mean_scale) * state[0] + L(c.difference_scale) * state[1]) / (root + L(c.epsilon)))
    if c.decay != 0 { x /= L(1) + rate * L(c.decay) }
  }
}

extension Adan: KernelRule {
  static var kernel: descent_rule { descent_rule_adan }
}
