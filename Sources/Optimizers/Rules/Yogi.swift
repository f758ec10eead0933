internal import CKernels
public import Schedules
public import Tensors

/// Adam whose mean of squares changes by the size of the gradient's square alone, and so falls slowly.
///
///     m ← β₁ m + (1 - β₁) g
///     v ← v - (1 - β₂) sign(v - g²) g²
///     θ ← θ - η m̂ / (√v̂ + ε)            m̂ = m / (1 - β₁ᵏ), v̂ = v / (1 - β₂ᵏ)
///
/// Zaheer, Reddi, Sachan, Kale and Kumar, "Adaptive methods for nonconvex optimization", 2018, which corrects no bias. Optax
/// begins v and m at 1e-6, so that parameters whose gradient is zero move too; here m begins at zero unless `.optax` is
/// asked for. The learning rate is usually 1e-2. State: two numbers a parameter.
public struct Yogi: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// m before the first step.
  public var initialMean: Double
  /// v before the first step.
  public var initialMeanSquare: Double

  /// Yogi with the paper's settings unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-3, initialMean: Double = 0,
    initialMeanSquare: Double = 1e-6
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.initialMean, self.initialMeanSquare) = (initialMean, initialMeanSquare)
  }

  /// As Optax has it: both means begin at 1e-6.
  public static func optax(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-3
  ) -> Yogi {
    Yogi(beta1: beta1, beta2: beta2, epsilon: epsilon, initialMean: 1e-6, initialMeanSquare: 1e-6)
  }

  /// `yogi`.
  public static var name: String { "yogi" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }
  /// As set.
  public func initialValue(ofSlot slot: String) -> Double { slot == "mean" ? initialMean : initialMeanSquare }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero or a first value is not a number that is at least zero.
  public func validate() throws(SettingError) {
    try SettingError.check(divisor: epsilon, "Yogi.epsilon")
    try SettingError.check(initial: initialMean, "Yogi.initialMean")
    try SettingError.check(initial: initialMeanSquare, "Yogi.initialMeanSquare")
  }

  /// What can be squared and divided by the corrections.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_yogi
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_yogi(
        beta1: step(beta1), gain1: 1 - step(beta1), gain2: 1 - step(beta2), mean_scale: 1 / step.biasCorrection(beta1),
        square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let square = g * g
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = state[1] - L(c.gain2) * (L.sign(state[1] - square) * square)
    let root = L.squareRoot(L(c.square_scale) * state[1])
    x -= rate * (L(c.mean_scale) * state[0] / (root + L(c.epsilon)))
  }
}

extension Yogi: KernelRule {
  static var kernel: descent_rule { descent_rule_yogi }
}
