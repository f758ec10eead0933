internal import CKernels
public import Schedules
public import Tensors

/// Stochastic gradient descent, with momentum.
///
/// With the clipped gradient g, momentum μ, dampening τ and learning rate η, at each step
///
///     b ← μ b + (1 - τ) g          b ← g at the first step
///     θ ← θ - η b                  or θ ← θ - η (g + μ b) with Nesterov's momentum
///
/// and plainly θ ← θ - η g where μ is 0. Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and
/// momentum in deep learning", 2013, with the rate outside of the buffer as in PyTorch: a change of rate acts at once on
/// the whole buffer. MLX dampens the first step too; Optax has no dampening.
public struct SGD: UpdateRule {
  /// μ, how much of the buffer is kept; 0 for none.
  public var momentum: Schedule
  /// τ, how much less of the gradient enters the buffer.
  public var dampening: Schedule
  /// Whether to step from where the momentum will have led. Needs momentum and no dampening, as in PyTorch.
  public var nesterov: Bool
  /// Whether to climb instead of descend, as PyTorch's `maximize`: the same bits as along the negative gradient.
  public var maximize: Bool

  /// Stochastic gradient descent; plain unless told otherwise.
  public init(momentum: Schedule = 0, dampening: Schedule = 0, nesterov: Bool = false, maximize: Bool = false) {
    (self.momentum, self.dampening, self.nesterov, self.maximize) = (momentum, dampening, nesterov, maximize)
  }

  /// `sgd`.
  public static var name: String { "sgd" }

  /// `momentum`, or nothing without momentum.
  public var slots: [String] { momentum == 0 ? [] : ["momentum"] }

  /// Whether to climb.
  public var ascends: Bool { maximize }

  /// Momentum in 0 ..< 1 and dampening in 0 ... 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("momentum", momentum, in: .fraction), Hyperparameter("dampening", dampening, in: .share)]
  }

  /// - Throws: `SettingError` where Nesterov's momentum is asked for without momentum or with dampening.
  public func validate() throws(SettingError) {
    guard nesterov else { return }
    let (first, dampened) = (momentum.value(after: 0), dampening.value(after: 0))
    try SettingError.check(momentum != 0, "SGD.momentum", first, "momentum > 0 with nesterov")
    try SettingError.check(dampening == 0, "SGD.dampening", dampened, "dampening = 0 with nesterov")
  }

  /// The buffer grows to at most |g| / (1 - μ), and Nesterov's step to (1 + μ) times as much. Of a momentum that changes
  /// nothing is known but its range; an overflow then shows in the parameters, and is reported.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    let kept = momentum == .constant(momentum.value(after: 0)) ? momentum.value(after: 0) : 0
    return Double(Scalar.greatestFiniteMagnitude) * (1 - kept) / (nesterov ? 2 : 1)
  }

  /// What is equal for all elements: the structure that the kernel reads too.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_sgd
  }

  /// The first step takes the gradient as it is into the buffer.
  public func coefficients(for step: Step) -> Coefficients {
    let isFirst = step.number == 1
    return Coefficients(
      shared: descent_sgd(
        decay: isFirst ? 0 : step(momentum), gain: isFirst ? 1 : 1 - step(dampening), lookahead: step(momentum),
        has_momentum: momentum != 0, nesterov: nesterov))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    guard c.has_momentum else {
      x -= rate * g
      return
    }
    state[0] = L(c.decay) * state[0] + L(c.gain) * g
    x -= rate * (c.nesterov ? g + L(c.lookahead) * state[0] : state[0])
  }
}

extension SGD: KernelRule {
  static var kernel: descent_rule { descent_rule_sgd }
}
