internal import CKernels
public import Schedules
public import Tensors

/// Adam that adds what its direction has just changed by, for games and saddle points.
///
///     u = m̂ / (√v̂ + ε)                   as in `Adam`; with Nesterov's momentum as in `NAdam.Convention.optax`
///     θ ← θ - η (α u + β (u - u₋))       u₋ that of the step before, u itself at the first step
///
/// Daskalakis, Ilyas, Syrgkanis and Zeng, "Training GANs with optimism", 2018, algorithm 1, where α = β = 1 and there is no
/// Nesterov momentum; Optax's `optimistic_adam_v2` has it unless told otherwise. State: three numbers a parameter.
public struct OptimisticAdam: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// α, the weight of the direction.
  public var alpha: Schedule
  /// β, the weight of its change.
  public var beta: Schedule
  /// Whether the direction has Nesterov's momentum.
  public var nesterov: Bool

  /// Optimistic Adam as in the paper unless told otherwise.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-8, alpha: Schedule = 1, beta: Schedule = 1,
    nesterov: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.alpha, self.beta, self.nesterov) = (alpha, beta, nesterov)
  }

  /// `optimistic-adam`.
  public static var name: String { "optimistic-adam" }
  /// m, v and u₋.
  public var slots: [String] { ["mean", "meanSquare", "previousDirection"] }

  /// Both decay rates in 0 ..< 1 and both weights finite.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("alpha", alpha, in: .finite), Hyperparameter("beta", beta, in: .finite),
    ]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "OptimisticAdam.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_optimistic_adam
  }

  /// The corrections of the bias are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    var adam = NAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, convention: .optax).coefficients(for: step).shared
    if !nesterov { (adam.gradient_scale, adam.mean_scale) = (0, 1 / step.biasCorrection(beta1)) }
    return Coefficients(
      shared: descent_optimistic_adam(
        adam: adam, alpha: step(alpha), beta: step(beta), is_first: step.number == 1))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.adam.beta1) * state[0] + L(c.adam.gain1) * g
    state[1] = L(c.adam.beta2) * state[1] + L(c.adam.gain2) * (g * g)
    let root = L.squareRoot(L(c.adam.square_scale) * state[1])
    let mean = L(c.adam.gradient_scale) * g + L(c.adam.mean_scale) * state[0]
    let direction = mean / (root + L(c.adam.epsilon))
    let change = c.is_first ? L(0) : direction - state[2]
    state[2] = direction
    x -= rate * (L(c.alpha) * direction + L(c.beta) * change)
  }
}

extension OptimisticAdam: KernelRule {
  static var kernel: descent_rule { descent_rule_optimistic_adam }
}
