internal import CKernels
internal import RealModule
public import Schedules
public import Tensors

/// Adam with Nesterov's momentum.
///
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     θ ← θ - η (a g + b m) / (√(v / (1 - β₂ᵏ)) + ε)
///
/// Dozat, "Incorporating Nesterov momentum into Adam", 2016, as in PyTorch: with μₖ = β₁ (1 - 0.96^(k ψ) / 2), where ψ =
/// 0.004, and Π the product of all μ so far, a = (1 - μₖ) / (1 - Π) and b = μₖ₊₁ / (1 - Π μₖ₊₁). Optax leaves the schedule
/// out: a = (1 - β₁) / (1 - β₁ᵏ) and b = β₁ / (1 - β₁ᵏ⁺¹), which is another method. The learning rate is usually 2e-3.
/// State: two numbers a parameter, and Π.
public struct NAdam: UpdateRule {
  /// Whose momentum is followed.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// The paper's schedule of the momentum, as in PyTorch.
    case pyTorch
    /// No schedule, as in Optax, also of `adam(nesterov=True)`.
    case optax
  }

  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// ψ, how fast the momentum rises to β₁; not used by Optax.
  public var momentumDecay: Double
  /// Whose momentum is followed.
  public var convention: Convention

  /// NAdam as in the paper unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8, momentumDecay: Double = 0.004,
    convention: Convention = .pyTorch
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.momentumDecay, self.convention) = (momentumDecay, convention)
  }

  /// `nadam`.
  public static var name: String { "nadam" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }
  /// Π.
  public var memory: KeyValuePairs<String, Double> { ["momentumProduct": 1] }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero or ψ negative.
  public func validate() throws(SettingError) {
    try SettingError.check(divisor: epsilon, "NAdam.epsilon")
    try SettingError.check(initial: momentumDecay, "NAdam.momentumDecay")
  }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// μ of a step.
  private func momentum(_ beta1: Double, _ number: Int) -> Double {
    beta1 * (1 - 0.5 * Double.pow(0.96, Double(number) * momentumDecay))
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_nadam
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let beta1 = step(beta1)
    var (gradientScale, meanScale): (Double, Double)
    switch convention {
    case .pyTorch:
      let (current, next) = (momentum(beta1, step.number), momentum(beta1, step.number + 1))
      let product = step.memory[0] * current
      (gradientScale, meanScale) = ((1 - current) / (1 - product), next / (1 - product * next))
    case .optax:
      let correction = step.biasCorrection(self.beta1)
      // 1 - β₁ᵏ⁺¹ = (1 - β₁ᵏ) + β₁ᵏ (1 - β₁), without cancellation.
      (gradientScale, meanScale) = (
        (1 - beta1) / correction, beta1 / (correction + (1 - correction) * (1 - beta1))
      )
    }
    return Coefficients(
      shared: descent_nadam(
        beta1: beta1, gain1: 1 - beta1, beta2: step(beta2), gain2: 1 - step(beta2), gradient_scale: gradientScale,
        mean_scale: meanScale, square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon))
  }

  /// Π with the momentum of the step.
  public func memory(after step: Step) -> RuleMemory {
    RuleMemory(step.memory[0] * momentum(step(beta1), step.number))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    let root = L.squareRoot(L(c.square_scale) * state[1])
    x -= rate * ((L(c.gradient_scale) * g + L(c.mean_scale) * state[0]) / (root + L(c.epsilon)))
  }
}

extension NAdam: KernelRule {
  static var kernel: descent_rule { descent_rule_nadam }
}
