internal import CKernels
public import Schedules
public import Tensors

/// Adam that divides by how far the gradient is from its mean.
///
///     m ← β₁ m + (1 - β₁) g
///     s ← β₂ s + (1 - β₂) (g - m)² + ε'
///     θ ← θ - η m̂ / (√ŝ + ε)            m̂ = m / (1 - β₁ᵏ), ŝ = s / (1 - β₂ᵏ)
///
/// Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris and Duncan, "AdaBelief optimizer: adapting stepsizes by the belief
/// in observed gradients", 2020, where ε' = ε; Optax has the two. The learning rate is usually 1e-3. State: two numbers a
/// parameter.
public struct AdaBelief: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean square deviation is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// ε', added to the mean square deviation at every step.
  public var accumulatedEpsilon: Double

  /// AdaBelief with the paper's settings unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-16, accumulatedEpsilon: Double = 1e-16
  ) {
    (self.beta1, self.beta2) = (beta1, beta2)
    (self.epsilon, self.accumulatedEpsilon) = (epsilon, accumulatedEpsilon)
  }

  /// `adabelief`.
  public static var name: String { "adabelief" }
  /// m and s.
  public var slots: [String] { ["mean", "meanSquareDeviation"] }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero or ε' negative.
  public func validate() throws(SettingError) {
    try SettingError.check(divisor: epsilon, "AdaBelief.epsilon")
    try SettingError.check(initial: accumulatedEpsilon, "AdaBelief.accumulatedEpsilon")
  }

  /// The deviation is at most twice the largest gradient.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 4 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adabelief
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_adabelief(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2),
        mean_scale: 1 / step.biasCorrection(beta1), square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon,
        accumulated_epsilon: accumulatedEpsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    let deviation = g - state[0]
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (deviation * deviation) + L(c.accumulated_epsilon)
    let root = L.squareRoot(L(c.square_scale) * state[1])
    x -= rate * (L(c.mean_scale) * state[0] / (root + L(c.epsilon)))
  }
}

extension AdaBelief: KernelRule {
  static var kernel: descent_rule { descent_rule_adabelief }
}
