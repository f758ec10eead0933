internal import CKernels
public import Schedules
public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// AdamW that finds its own learning rate by D-Adaptation: leave the rate at 1, or let a schedule with peak 1 shape it.
///
/// With the distance estimate d, the learning rate η, q = √β₂, c = √(1 - β₂ᵏ) / (1 - β₁ᵏ), λ = d η c, and sums over all
/// elements of all tensors,
///
///     r ← q r + (1 - q) λ ⟨g, s / (√v + ε)⟩    with s and v of the step before
///     m ← β₁ m + (1 - β₁) λ g                  v ← β₂ v + (1 - β₂) g²
///     s ← q s + (1 - q) λ g
///     d ← max(d, r / ((1 - q) ‖s‖₁))
///     θ ← (1 - λ w) θ - m / (√v + ε)
///
/// with w the decoupled weight decay. Defazio and Mishchenko, "Learning-rate-free learning by D-adaptation", 2023; the form
/// and the defaults are those of Optax's `dadapt_adamw`. Where ‖s‖₁ is 0, d stays; peers divide by it.
///
/// State per parameter: three numbers. A step reads the gradient and the state twice.
public struct DAdaptation: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean square is kept.
  public var beta2: Schedule
  /// ε, which keeps the quotient finite.
  public var epsilon: Schedule
  /// d₀, an estimate of the distance to the solution that is too small.
  public var initialDistance: Double

  /// D-Adaptation with Optax's defaults.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8, initialDistance: Double = 1e-6
  ) {
    (self.beta1, self.beta2, self.epsilon, self.initialDistance) = (beta1, beta2, epsilon, initialDistance)
  }

  /// `d-adaptation`.
  public static var name: String { "d-adaptation" }
  /// m, v and s.
  public var slots: [String] { ["mean", "meanSquare", "gradientSum"] }
  /// d and r.
  public var memory: KeyValuePairs<String, Double> { ["distance": initialDistance, "numerator": 0] }
  /// The betas in 0 ..< 1, ε positive.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("epsilon", epsilon, in: .positive),
    ]
  }
  /// All tensors together.
  public var measuredScope: Scope? { .global }
  /// Yes: the decay is λ times as large.
  public var takesDecoupledDecay: Bool { true }

  /// - Throws: `SettingError` where the first distance is out of range.
  public func validate() throws(SettingError) {
    try SettingError.check(
      initialDistance > 0 && initialDistance.isFinite, "DAdaptation.initialDistance", initialDistance,
      "0 < initialDistance < infinity")
  }

  /// The largest whose square is finite.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_d_adaptation
  }

  /// λ is made of the distance before the step.
  public func coefficients(for step: Step) -> Coefficients {
    let (b1, b2, k) = (step(beta1), step(beta2), Double(step.number))
    let q = b2.squareRoot()
    let scale = step.memory[0] * (1 - pow(b2, k)).squareRoot() / (1 - pow(b1, k))
    return Coefficients(
      shared: descent_d_adaptation(
        numerator_weight: (1 - q) * scale * step.learningRate, beta1: b1, gain1: (1 - b1) * scale, beta2: b2,
        gain2: 1 - b2,
        epsilon: step(epsilon), sum_kept: q, sum_gain: (1 - q) * scale,
        keep: 1 - scale * step.learningRate * step.decoupledDecay))
  }

  /// d grows with the sums of the step.
  public func memory(after step: Step) -> RuleMemory {
    guard let sums = step.sums, sums[1] > 0, step.learningRate > 0 else { return step.memory }
    let q = step(beta2).squareRoot()
    let numerator = q * step.memory[1] + sums[0]
    return RuleMemory(max(step.memory[0], numerator / ((1 - q) * sums[1])), numerator)
  }

  /// ⟨g, s / (√v + ε)⟩ before the step, weighed, and ‖s‖₁ after it.
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    let c = coefficients.shared
    let preconditioned = state[2] / (L.squareRoot(state[1]) + L(c.epsilon))
    sums.add(L(c.numerator_weight) * g, times: preconditioned, to: 0)
    sums.add(L.magnitude(L(c.sum_kept) * state[2] + L(c.sum_gain) * rate * g), times: L(1), to: 1)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * rate * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    state[2] = L(c.sum_kept) * state[2] + L(c.sum_gain) * rate * g
    x = L(c.keep) * x - state[0] / (L.squareRoot(state[1]) + L(c.epsilon))
  }
}

extension DAdaptation: KernelRule {
  static var kernel: descent_rule { descent_rule_d_adaptation }
}
