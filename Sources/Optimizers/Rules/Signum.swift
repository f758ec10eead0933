internal import CKernels
public import Schedules
public import Tensors

/// The sign of a running mean of the gradient; of the gradient itself without momentum.
///
///     m ← μ m + (1 - μ) g
///     θ ← θ - η sign(m)
///
/// Bernstein, Wang, Azizzadenesheli and Anandkumar, "signSGD: compressed optimisation for non-convex problems", 2018. As
/// Optax's `signum`, and `sign_sgd` where μ is 0. The learning rate is the length of every step in every coordinate, 1e-3
/// or less. State: one number a parameter, or none without momentum.
public struct Signum: UpdateRule {
  /// μ, how much of the mean is kept; 0 for none.
  public var momentum: Schedule

  /// Signum with the paper's momentum unless told otherwise.
  public init(momentum: Schedule = 0.9) { self.momentum = momentum }

  /// `signum`.
  public static var name: String { "signum" }
  /// m, or nothing without momentum.
  public var slots: [String] { momentum == 0 ? [] : ["mean"] }
  /// Momentum in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] { [Hyperparameter("momentum", momentum, in: .fraction)] }

  /// Half of the largest number, so that no mean rounds to infinity.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude) / 2
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_signum
  }

  /// The momentum and what it leaves.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_signum(momentum: step(momentum), gain: 1 - step(momentum), has_momentum: momentum != 0))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    guard c.has_momentum else {
      x -= rate * L.sign(g)
      return
    }
    state[0] = L(c.momentum) * state[0] + L(c.gain) * g
    x -= rate * L.sign(state[0])
  }
}

extension Signum: KernelRule {
  static var kernel: descent_rule { descent_rule_signum }
}
