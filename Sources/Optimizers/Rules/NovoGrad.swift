internal import CKernels
public import Schedules
public import Tensors

/// Momentum of gradients that are divided by a running mean of their tensor's norm.
///
///     v ← β₂ v + (1 - β₂) ‖g‖²           v ← ‖g‖² at the first step
///     u = g / (√v + ε) + λ θ
///     m ← β₁ m + u                       m ← u at the first step
///     θ ← θ - η m
///
/// Ginsburg, Castonguay, Hrinchuk, Kuchaiev, Lavrukhin, Leary, Li, Nguyen, Zhang and Cohen, "Stochastic gradient methods with
/// layer-wise adaptive moments for training of deep networks", 2019; as in Optax. λ is that of `WeightDecay.decoupled`, and
/// the norm that of a tensor. The learning rate is usually 1e-2. State: one number a parameter, and v of each tensor.
public struct NovoGrad: UpdateRule {
  /// β₁, how much of the buffer is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean square norm is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double

  /// NovoGrad with the settings of Optax unless told otherwise; the paper has β₁ = 0.95 and β₂ = 0.98.
  public init(beta1: Schedule = 0.9, beta2: Schedule = 0.25, epsilon: Double = 1e-6) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// `novograd`.
  public static var name: String { "novograd" }
  /// m.
  public var slots: [String] { ["momentum"] }
  /// v.
  public var memory: KeyValuePairs<String, Double> { ["meanSquareNorm": 0] }
  /// ‖g‖² of every tensor.
  public var measuredScope: Scope? { .tensor }
  /// λ is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "NovoGrad.epsilon") }

  /// The sum has room for 2³² squares of the largest.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements of a tensor.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_novograd
  }

  /// v after the step; that before it as long as the sums are not known.
  private func meanSquareNorm(after step: Step) -> Double {
    guard let sums = step.sums else { return step.memory[0] }
    return step.number == 1 ? sums[0] : step(beta2) * step.memory[0] + (1 - step(beta2)) * sums[0]
  }

  /// Once the sums are known, the divisor is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_novograd(
        beta1: step.number == 1 ? 0 : step(beta1), divisor: meanSquareNorm(after: step).squareRoot() + epsilon,
        decay: step.decoupledDecay))
  }

  /// v.
  public func memory(after step: Step) -> RuleMemory { RuleMemory(meanSquareNorm(after: step)) }

  /// ‖g‖².
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    sums.add(g, times: g, to: 0)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + (g / L(c.divisor) + L(c.decay) * x)
    x -= rate * state[0]
  }
}

extension NovoGrad: KernelRule {
  static var kernel: descent_rule { descent_rule_novograd }
}
