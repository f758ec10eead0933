internal import CKernels
public import Schedules
public import Tensors

/// Descent along a running mean of the gradient, divided by the root of a running mean of its square.
///
/// With the gradient g, decay rates β₁ and β₂, learning rate η and step k,
///
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     θ ← θ - η m̂ / (√(v̂ + ε') + ε)      m̂ = m / (1 - β₁ᵏ), v̂ = v / (1 - β₂ᵏ)
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, where ε' = 0. The learning rate is usually 1e-3. With
/// `WeightDecay.decoupled` this is AdamW of Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; with
/// no decay both are the same. State: two numbers a parameter.
///
/// PyTorch and Optax compute the same (Optax calls ε' `eps_root`); Keras has ε = 1e-7, MLX leaves the corrections of the
/// bias out unless told otherwise.
public struct Adam: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// ε', added under the root.
  public var rootEpsilon: Double
  /// Whether to climb instead of descend, as PyTorch's `maximize`: the same bits as along the negative gradient.
  public var maximize: Bool

  /// Adam with the paper's settings unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8, rootEpsilon: Double = 0,
    maximize: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon, self.rootEpsilon) = (beta1, beta2, epsilon, rootEpsilon)
    self.maximize = maximize
  }

  /// `adam`.
  public static var name: String { "adam" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }
  /// Whether to climb.
  public var ascends: Bool { maximize }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where both ε are zero.
  public func validate() throws(SettingError) {
    try SettingError.check(epsilon: epsilon, rootEpsilon: rootEpsilon, of: "Adam")
  }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements: the structure that the kernel reads too.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adam
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_adam(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2),
        mean_scale: 1 / step.biasCorrection(beta1), square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon,
        root_epsilon: rootEpsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    let root = L.squareRoot(L(c.square_scale) * state[1] + L(c.root_epsilon))
    x -= rate * (L(c.mean_scale) * state[0] / (root + L(c.epsilon)))
  }
}

extension Adam: KernelRule {
  static var kernel: descent_rule { descent_rule_adam }
}
