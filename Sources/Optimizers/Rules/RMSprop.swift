internal import CKernels
public import Schedules
public import Tensors

/// The gradient, divided by the root of a running mean of its square; with momentum, if asked for.
///
///     v ← ρ v + (1 - ρ) g²
///     a ← ρ a + (1 - ρ) g                if centred
///     d = g / (√(max(v̂ - â², 0) + ε') + ε)      or v̂ alone if not centred
///     b ← μ b + d
///     θ ← θ - η b                        or θ - η (d + μ b) with Nesterov's momentum, or θ - η d where μ is 0
///
/// with v̂ = v and â = a, or both divided by 1 - ρᵏ with the correction of the bias. Tieleman and Hinton, lecture 6.5 of
/// "Neural networks for machine learning", 2012; Graves, "Generating sequences with recurrent neural networks", 2013, for
/// the centred form. PyTorch and MLX have ε = 1e-8 beside the root and ρ = 0.99; Optax has ε' = 1e-8 under it, ρ = 0.9, and
/// a rate that enters the buffer. The learning rate is usually 1e-2 in PyTorch. State: one number a parameter, one more
/// if centred, and one more with momentum.
public struct RMSprop: UpdateRule {
  /// ρ, how much of the means is kept.
  public var rho: Schedule
  /// ε, added to the root.
  public var epsilon: Double
  /// ε', added under the root.
  public var rootEpsilon: Double
  /// μ, how much of the buffer is kept; 0 for none.
  public var momentum: Schedule
  /// Whether to step from where the momentum will have led.
  public var nesterov: Bool
  /// Whether the square of the mean is taken off.
  public var centered: Bool
  /// Whether the bias of the means is corrected.
  public var correctsBias: Bool
  /// v before the first step.
  public var initialMeanSquare: Double

  /// RMSprop as in PyTorch unless told otherwise.
  public init(
    rho: Schedule = 0.99, epsilon: Double = 1e-8, rootEpsilon: Double = 0, momentum: Schedule = 0,
    nesterov: Bool = false, centered: Bool = false, correctsBias: Bool = false, initialMeanSquare: Double = 0
  ) {
    (self.rho, self.epsilon, self.rootEpsilon, self.momentum) = (rho, epsilon, rootEpsilon, momentum)
    (self.nesterov, self.centered, self.correctsBias) = (nesterov, centered, correctsBias)
    self.initialMeanSquare = initialMeanSquare
  }

  /// As Optax has it: ε under the root, and ρ = 0.9.
  public static func optax(
    decay: Schedule = 0.9, epsilon: Double = 1e-8, initialScale: Double = 0, epsilonInRoot: Bool = true,
    centered: Bool = false, momentum: Schedule = 0, nesterov: Bool = false, biasCorrection: Bool = false
  ) -> RMSprop {
    RMSprop(
      rho: decay, epsilon: epsilonInRoot ? 0 : epsilon, rootEpsilon: epsilonInRoot ? epsilon : 0, momentum: momentum,
      nesterov: nesterov, centered: centered, correctsBias: biasCorrection, initialMeanSquare: initialScale)
  }

  /// `rmsprop`.
  public static var name: String { "rmsprop" }

  private var hasMomentum: Bool { momentum != 0 }

  /// v, and a and b where there are such.
  public var slots: [String] { ["meanSquare"] + (centered ? ["mean"] : []) + (hasMomentum ? ["momentum"] : []) }
  /// As set.
  public func initialValue(ofSlot slot: String) -> Double { slot == "meanSquare" ? initialMeanSquare : 0 }

  /// ρ and μ in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("rho", rho, in: .fraction), Hyperparameter("momentum", momentum, in: .fraction)]
  }

  /// - Throws: `SettingError` where both ε are zero or the mean of squares cannot begin so.
  public func validate() throws(SettingError) {
    try SettingError.check(epsilon: epsilon, rootEpsilon: rootEpsilon, of: "RMSprop")
    try SettingError.check(initial: initialMeanSquare, "RMSprop.initialMeanSquare")
  }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements: the structure that the kernel reads too.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_rmsprop
  }

  /// The correction of the bias is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_rmsprop(
        rho: step(rho), gain: 1 - step(rho), scale: correctsBias ? 1 / step.biasCorrection(rho) : 1, epsilon: epsilon,
        root_epsilon: rootEpsilon, momentum: step(momentum), centered: centered, has_momentum: hasMomentum,
        nesterov: nesterov))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.rho) * state[0] + L(c.gain) * (g * g)
    var square = L(c.scale) * state[0]
    if c.centered {
      state[1] = L(c.rho) * state[1] + L(c.gain) * g
      let mean = L(c.scale) * state[1]
      square = L.maximum(square - mean * mean, L(0))
    }
    let direction = g / (L.squareRoot(square + L(c.root_epsilon)) + L(c.epsilon))
    guard c.has_momentum else {
      x -= rate * direction
      return
    }
    let slot = c.centered ? 2 : 1
    state[slot] = L(c.momentum) * state[slot] + direction
    x -= rate * (c.nesterov ? direction + L(c.momentum) * state[slot] : state[slot])
  }
}

extension RMSprop: KernelRule {
  static var kernel: descent_rule { descent_rule_rmsprop }
}
