internal import CKernels
public import Schedules
public import Tensors

/// Descent that adds what the gradient has just changed by, for games and saddle points.
///
///     θ ← θ - η (α g + β (g - g₋))       g₋ the gradient of the step before, g itself at the first step
///
/// Daskalakis, Ilyas, Syrgkanis and Zeng, "Training GANs with optimism", 2018, where α = β = 1; as Optax's
/// `optimistic_gradient_descent`. State: one number a parameter.
public struct OptimisticDescent: UpdateRule {
  /// α, the weight of the gradient.
  public var alpha: Schedule
  /// β, the weight of the change.
  public var beta: Schedule

  /// Optimistic descent as in the paper unless told otherwise.
  public init(alpha: Schedule = 1, beta: Schedule = 1) { (self.alpha, self.beta) = (alpha, beta) }

  /// `optimistic`.
  public static var name: String { "optimistic" }
  /// g₋.
  public var slots: [String] { ["previousGradient"] }

  /// Both weights finite.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("alpha", alpha, in: .finite), Hyperparameter("beta", beta, in: .finite)]
  }

  /// Room for the change and its weight, as far as they do not change.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude) / (2 + abs(alpha.value(after: 0)) + 2 * abs(beta.value(after: 0)))
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_optimistic_descent
  }

  /// The weights.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(shared: descent_optimistic_descent(alpha: step(alpha), beta: step(beta), is_first: step.number == 1))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let change = c.is_first ? L(0) : g - state[0]
    state[0] = g
    x -= rate * (L(c.alpha) * g + L(c.beta) * change)
  }
}

extension OptimisticDescent: KernelRule {
  static var kernel: descent_rule { descent_rule_optimistic_descent }
}
