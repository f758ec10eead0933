internal import CKernels
public import Schedules
public import Tensors

/// Descent with momentum, with steps of every tensor in proportion to the tensor itself.
///
///     u = g + λ θ
///     d = η κ ‖θ‖ / (‖g‖ + λ ‖θ‖ + ε) · u       or over ‖u‖ + ε; the factor is η where either norm is 0
///     b ← μ b + d
///     θ ← θ - b                                  or θ - (d + μ b) with Nesterov's momentum
///
/// You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017; Optax divides by the norm of the sum.
/// λ is that of `WeightDecay.decoupled`, norms are those of a tensor, and the rate is inside of the buffer. State: one number
/// a parameter.
public struct LARS: UpdateRule {
  /// What the parameters' norm is divided by.
  public enum Convention: String, Sendable, Codable, CaseIterable {
    /// ‖g‖ + λ ‖θ‖, as in the paper.
    case paper
    /// ‖g + λ θ‖, as in Optax.
    case optax
  }

  /// μ, how much of the buffer is kept.
  public var momentum: Schedule
  /// κ, the length of a step in proportion to the tensor.
  public var trustCoefficient: Schedule
  /// ε, added to the divisor.
  public var epsilon: Double
  /// Whether to step from where the momentum will have led.
  public var nesterov: Bool
  /// What the parameters' norm is divided by.
  public var convention: Convention

  /// LARS with the paper's settings unless told otherwise.
  public init(
    momentum: Schedule = 0.9, trustCoefficient: Schedule = 0.001, epsilon: Double = 0, nesterov: Bool = false,
    convention: Convention = .paper
  ) {
    (self.momentum, self.trustCoefficient, self.epsilon) = (momentum, trustCoefficient, epsilon)
    (self.nesterov, self.convention) = (nesterov, convention)
  }

  /// `lars`.
  public static var name: String { "lars" }
  /// b.
  public var slots: [String] { ["momentum"] }
  /// ‖θ‖² and ‖g‖² or ‖u‖² of every tensor.
  public var measuredScope: Scope? { .tensor }
  /// λ is a part of u.
  public var takesDecoupledDecay: Bool { true }

  /// μ in 0 ..< 1, κ positive.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("momentum", momentum, in: .fraction),
      Hyperparameter("trustCoefficient", trustCoefficient, in: .positive),
    ]
  }

  /// - Throws: `SettingError` where ε is negative.
  public func validate() throws(SettingError) { try SettingError.check(initial: epsilon, "LARS.epsilon") }

  /// The sum has room for 2³² squares of the largest.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements of a tensor.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_lars
  }

  /// Once the sums are known, the ratio of the norms is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let (size, length) = ((step.sums?[0] ?? 0).squareRoot(), (step.sums?[1] ?? 0).squareRoot())
    let divisor = convention == .paper ? length + step.decoupledDecay * size : length
    // No more than a `Float` holds.
    let trust = min(step(trustCoefficient) * size / (divisor + epsilon), 0x1p126)
    return Coefficients(
      shared: descent_lars(
        momentum: step(momentum), decay: step.decoupledDecay, trust: size == 0 || length == 0 ? 1 : trust,
        nesterov: nesterov, divides_by_sum: convention == .optax))
  }

  /// ‖θ‖² and ‖g‖² or ‖u‖².
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    let c = coefficients.shared
    let direction = c.divides_by_sum ? g + L(c.decay) * x : g
    sums.add(x, times: x, to: 0)
    sums.add(direction, times: direction, to: 1)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let direction = rate * L(c.trust) * (g + L(c.decay) * x)
    state[0] = L(c.momentum) * state[0] + direction
    x -= c.nesterov ? direction + L(c.momentum) * state[0] : state[0]
  }
}

extension LARS: KernelRule {
  static var kernel: descent_rule { descent_rule_lars }
}
