internal import CKernels
public import Schedules
public import Tensors

/// The sign of a mean that leans to the newest gradient.
///
///     θ ← θ - η sign(β₁ m + (1 - β₁) g)
///     m ← β₂ m + (1 - β₂) g
///
/// Chen, Liang, Huang, Real, Wang, Liu, Pham, Dong, Luong, Hsieh, Lu and Le, "Symbolic discovery of optimization algorithms",
/// 2023; as in Optax. Its decay is `WeightDecay.decoupled`; learning rates are three to ten times smaller than Adam's, 1e-4
/// being usual, and decays as much larger. State: one number a parameter.
public struct Lion: UpdateRule {
  /// β₁, the weight of the mean in the direction.
  public var beta1: Schedule
  /// β₂, how much of the mean is kept.
  public var beta2: Schedule

  /// Lion with the paper's settings unless told otherwise.
  public init(beta1: Schedule = 0.9, beta2: Schedule = 0.99) { (self.beta1, self.beta2) = (beta1, beta2) }

  /// `lion`.
  public static var name: String { "lion" }
  /// m.
  public var slots: [String] { ["mean"] }

  /// Both rates in 0 ... 1 and 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .share), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// Half of the largest number, so that no mean rounds to infinity.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude) / 2
  }

  /// What is equal for all elements: the structure that the kernel reads too.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_lion
  }

  /// The shares and what they leave.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_lion(beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2)))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    x -= rate * L.sign(L(c.beta1) * state[0] + L(c.gain1) * g)
    state[0] = L(c.beta2) * state[0] + L(c.gain2) * g
  }
}

extension Lion: KernelRule {
  static var kernel: descent_rule { descent_rule_lion }
}
