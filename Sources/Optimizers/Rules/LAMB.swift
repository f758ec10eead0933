internal import CKernels
public import Schedules
public import Tensors

/// Adam, with steps of every tensor as long as the tensor itself says.
///
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     u = m̂ / (√v̂ + ε) + λ θ            m̂ = m / (1 - β₁ᵏ), v̂ = v / (1 - β₂ᵏ)
///     θ ← θ - η ‖θ‖ / ‖u‖ · u            the ratio is 1 where either norm is 0
///
/// You, Li, Reddi, Hseu, Kumar, Bhojanapalli, Song, Demmel, Keutzer and Hsieh, "Large batch optimization for deep learning:
/// training BERT in 76 minutes", 2020; as in Optax. pytorch_optimizer corrects no bias and takes at most 10 for ‖θ‖. λ is
/// that of `WeightDecay.decoupled`, and norms are those of a tensor. The learning rate is usually 1e-3. State: two numbers a
/// parameter.
public struct LAMB: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean of squares is kept.
  public var beta2: Schedule
  /// ε, added to the root.
  public var epsilon: Double

  /// LAMB with the paper's settings unless told otherwise.
  public init(beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Double = 1e-6) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// `lamb`.
  public static var name: String { "lamb" }
  /// m and v.
  public var slots: [String] { ["mean", "meanSquare"] }
  /// ‖θ‖² and ‖u‖² of every tensor.
  public var measuredScope: Scope? { .tensor }
  /// λ is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// Both decay rates in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction)]
  }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "LAMB.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements of a tensor.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_lamb
  }

  /// The corrections of the bias and, once the sums are known, the ratio of the norms are taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let (size, length) = (step.sums?[0] ?? 0, step.sums?[1] ?? 0)
    return Coefficients(
      shared: descent_lamb(
        beta1: step(beta1), gain1: 1 - step(beta1), beta2: step(beta2), gain2: 1 - step(beta2),
        mean_scale: 1 / step.biasCorrection(beta1), square_scale: 1 / step.biasCorrection(beta2), epsilon: epsilon,
        decay: step.decoupledDecay,
        // No more than a `Float` holds.
        trust: size == 0 || length == 0 ? 1 : min(size.squareRoot() / length.squareRoot(), 0x1p126)))
  }

  /// ‖θ‖² and ‖u‖².
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    let c = coefficients.shared
    var state = state
    let direction = direction(at: x, along: g, state: &state, c)
    sums.add(x, times: x, to: 0)
    sums.add(direction, times: direction, to: 1)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    x -= rate * (L(c.trust) * direction(at: x, along: g, state: &state, c))
  }

  /// u.
  @inline(__always)
  private static func direction<L: Lanes>(at x: L, along g: L, state: inout Slots<L>, _ c: descent_lamb) -> L {
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    let root = L.squareRoot(L(c.square_scale) * state[1])
    return L(c.mean_scale) * state[0] / (root + L(c.epsilon)) + L(c.decay) * x
  }
}

extension LAMB: KernelRule {
  static var kernel: descent_rule { descent_rule_lamb }
}
