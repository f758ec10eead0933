internal import CKernels
public import Schedules
public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Adam that finds its own learning rate: leave the rate at 1, or let a schedule with peak 1 shape it.
///
/// With the distance estimate d, the learning rate η, λ = d η c, and sums over all elements of all tensors,
///
///     r ← β₃ r + (d / d₀) λ ⟨g, θ₀ - θ⟩        s ← β₃ s + (d / d₀) λ g
///     m ← β₁ m + (1 - β₁) d g                  v ← β₂ v + (1 - β₂) d² g²
///     d ← max(d, coefficient · r / ‖s‖₁), growing by at most `growthLimit` a step
///     θ ← θ - λ w θ - λ m / (√v + d ε)
///
/// with c = √(1 - β₂ᵏ) / (1 - β₁ᵏ) where the bias is corrected and 1 where it is not, and w the decoupled weight decay.
/// Mishchenko and Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", 2024. The defaults are prodigyopt's;
/// Optax always corrects the bias (``optax()``). Where ‖s‖₁ is 0, d stays; peers divide by it.
///
/// State per parameter: four numbers. A step reads the gradient twice.
public struct Prodigy: UpdateRule {
  /// β₁, how much of the mean is kept.
  public var beta1: Schedule
  /// β₂, how much of the mean square is kept.
  public var beta2: Schedule
  /// β₃, how much of r and s is kept; nil for √β₂.
  public var beta3: Schedule?
  /// ε, which keeps the quotient finite.
  public var epsilon: Schedule
  /// d₀, an estimate of the distance to the solution that is too small.
  public var initialDistance: Double
  /// What an estimate of the distance is multiplied by.
  public var coefficient: Double
  /// The largest factor by which d grows in a step; nil for any. 1.02 makes a warm-up of it.
  public var growthLimit: Double?
  /// Whether Adam's bias is corrected.
  public var correctsBias: Bool
  /// Whether s is summed without the learning rate, so that a warm-up does not make the estimate too large.
  public var safeguardsWarmup: Bool

  /// Prodigy with prodigyopt's defaults.
  public init(
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, beta3: Schedule? = nil, epsilon: Schedule = 1e-8,
    initialDistance: Double = 1e-6, coefficient: Double = 1, growthLimit: Double? = nil, correctsBias: Bool = false,
    safeguardsWarmup: Bool = false
  ) {
    (self.beta1, self.beta2, self.beta3, self.epsilon) = (beta1, beta2, beta3, epsilon)
    (self.initialDistance, self.coefficient, self.growthLimit) = (initialDistance, coefficient, growthLimit)
    (self.correctsBias, self.safeguardsWarmup) = (correctsBias, safeguardsWarmup)
  }

  /// Optax's `contrib.prodigy`: the bias is corrected.
  public static func optax() -> Prodigy { Prodigy(correctsBias: true) }

  /// `prodigy`.
  public static var name: String { "prodigy" }
  /// m, v, s and θ₀.
  public var slots: [String] { ["mean", "meanSquare", "gradientSum", "origin"] }
  /// θ₀ is infinite until the tensor moves for the first time, which may be later than the first step.
  public func initialValue(ofSlot slot: String) -> Double { slot == "origin" ? .infinity : 0 }
  /// d, its largest estimate so far, and r.
  public var memory: KeyValuePairs<String, Double> {
    ["distance": initialDistance, "largestEstimate": initialDistance, "numerator": 0]
  }
  /// The betas in 0 ..< 1, ε positive.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("beta1", beta1, in: .fraction), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("epsilon", epsilon, in: .positive),
    ] + (beta3.map { [Hyperparameter("beta3", $0, in: .fraction)] } ?? [])
  }
  /// All tensors together.
  public var measuredScope: Scope? { .global }
  /// Yes: the decay is λ times as large.
  public var takesDecoupledDecay: Bool { true }

  /// - Throws: `SettingError` where the first distance, the coefficient or the limit of growth is out of range.
  public func validate() throws(SettingError) {
    try SettingError.check(
      initialDistance > 0 && initialDistance.isFinite, "Prodigy.initialDistance", initialDistance,
      "0 < initialDistance < infinity")
    try SettingError.check(
      coefficient > 0 && coefficient.isFinite, "Prodigy.coefficient", coefficient, "0 < coefficient < infinity")
    if let growthLimit {
      try SettingError.check(growthLimit > 1, "Prodigy.growthLimit", growthLimit, "growthLimit > 1")
    }
  }

  /// The largest whose square is finite.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_prodigy
  }

  /// The distance is the old one in all but ε, as in the paper.
  public func coefficients(for step: Step) -> Coefficients {
    let distance = step.memory[0]
    let scale = distance * biasCorrection(step)
    let weight = distance / initialDistance * scale * step.learningRate
    let (b1, b2) = (step(beta1), step(beta2))
    return Coefficients(
      shared: descent_prodigy(
        numerator_weight: weight,
        sum_gain: safeguardsWarmup ? distance / initialDistance * distance : weight,
        beta1: b1, gain1: (1 - b1) * distance, beta2: b2, gain2: (1 - b2) * distance * distance, beta3: keptSum(step),
        scale: scale, epsilon: memory(after: step)[0] * step(epsilon),
        decay: scale * step.learningRate * step.decoupledDecay))
  }

  /// d grows with the sums of the step.
  public func memory(after step: Step) -> RuleMemory {
    guard let sums = step.sums, sums[1] > 0, step.learningRate > 0 else { return step.memory }
    let numerator = keptSum(step) * step.memory[2] + sums[0]
    let estimate = coefficient * numerator / sums[1]
    var distance = step.memory[0]
    if distance == initialDistance { distance = max(distance, estimate) }
    let largest = max(step.memory[1], estimate)
    distance = min(largest, growthLimit.map { distance * $0 } ?? largest)
    return RuleMemory(distance, largest, numerator)
  }

  private func keptSum(_ step: Step) -> Double { beta3.map { step($0) } ?? step(beta2).squareRoot() }

  private func biasCorrection(_ step: Step) -> Double {
    guard correctsBias else { return 1 }
    let k = Double(step.number)
    return (1 - pow(step(beta2), k)).squareRoot() / (1 - pow(step(beta1), k))
  }

  /// ⟨g, θ₀ - θ⟩, weighed, and ‖s‖₁.
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    let c = coefficients.shared
    sums.add(L(c.numerator_weight) * g, times: L.begun(state[3], at: x) - x, to: 0)
    sums.add(L.magnitude(L(c.beta3) * state[2] + L(c.sum_gain) * g), times: L(1), to: 1)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[3] = L.begun(state[3], at: x)
    state[0] = L(c.beta1) * state[0] + L(c.gain1) * g
    state[1] = L(c.beta2) * state[1] + L(c.gain2) * (g * g)
    state[2] = L(c.beta3) * state[2] + L(c.sum_gain) * g
    x -= L(c.decay) * x
    x -= rate * L(c.scale) * state[0] / (L.squareRoot(state[1]) + L(c.epsilon))
  }
}

extension Prodigy: KernelRule {
  static var kernel: descent_rule { descent_rule_prodigy }
}
