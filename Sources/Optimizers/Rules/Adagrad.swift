internal import CKernels
public import Schedules
public import Tensors

/// The gradient, divided by the root of the sum of all its squares so far.
///
///     s ← s + g²
///     θ ← θ - η / (1 + (k - 1) δ) · g / (√(s + ε') + ε)
///
/// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011. PyTorch
/// and MLX have ε = 1e-10 beside the root, PyTorch also a decay δ of the rate; Optax has ε' = 1e-7 under it and begins with s = 0.1. The
/// learning rate is usually 1e-2. State: one number a parameter.
public struct Adagrad: UpdateRule {
  /// ε, added to the root.
  public var epsilon: Double
  /// ε', added under the root.
  public var rootEpsilon: Double
  /// s before the first step.
  public var initialSumOfSquares: Double
  /// δ, how fast the rate falls beside its schedule.
  public var rateDecay: Schedule

  /// Adagrad as in PyTorch unless told otherwise.
  public init(
    epsilon: Double = 1e-10, rootEpsilon: Double = 0, initialSumOfSquares: Double = 0, rateDecay: Schedule = 0
  ) {
    (self.epsilon, self.rootEpsilon) = (epsilon, rootEpsilon)
    (self.initialSumOfSquares, self.rateDecay) = (initialSumOfSquares, rateDecay)
  }

  /// As Optax has it.
  public static func optax(epsilon: Double = 1e-7, initialAccumulatorValue: Double = 0.1) -> Adagrad {
    Adagrad(epsilon: 0, rootEpsilon: epsilon, initialSumOfSquares: initialAccumulatorValue)
  }

  /// `adagrad`.
  public static var name: String { "adagrad" }
  /// s.
  public var slots: [String] { ["sumOfSquares"] }
  /// As set.
  public func initialValue(ofSlot slot: String) -> Double { initialSumOfSquares }
  /// δ not negative.
  public var hyperparameters: [Hyperparameter] { [Hyperparameter("rateDecay", rateDecay, in: .notNegative)] }

  /// - Throws: `SettingError` where both ε are zero or the sum cannot begin so.
  public func validate() throws(SettingError) {
    try SettingError.check(epsilon: epsilon, rootEpsilon: rootEpsilon, of: "Adagrad")
    try SettingError.check(initial: initialSumOfSquares, "Adagrad.initialSumOfSquares")
  }

  /// The sum has room for 2³² squares of the largest.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements: the structure that the kernel reads too.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adagrad
  }

  /// The decay of the rate is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_adagrad(
        rate_factor: 1 / (1 + Double(step.number - 1) * step(rateDecay)), epsilon: epsilon, root_epsilon: rootEpsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = state[0] + g * g
    let root = L.squareRoot(state[0] + L(c.root_epsilon))
    x -= rate * (L(c.rate_factor) * g / (root + L(c.epsilon)))
  }
}

extension Adagrad: KernelRule {
  static var kernel: descent_rule { descent_rule_adagrad }
}
