internal import CKernels
public import Schedules
public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Schedule-free AdamW: an average of the iterates takes the place of momentum and of a decaying learning rate.
///
/// With the gradient g at the parameters y, learning rate η, interpolation β₁ and decoupled decay λ, at step k
///
///     v ← β₂ v + (1 - β₂) g²
///     z ← z - η (g / (√(v / (1 - β₂ᵏ)) + ε) + λ y)
///
/// and x and y follow z as in ``ScheduleFreeSGD``, where also the weights, the meaning of the parameters and the way to the
/// result are described. The defaults are schedulefree's; its rate is 0.0025.
///
/// State per parameter: three numbers.
public struct ScheduleFreeAdamW: UpdateRule {
  /// β₁, how far y is from z towards x.
  public var interpolation: Schedule
  /// β₂, how much of the mean square is kept.
  public var beta2: Schedule
  /// ε, which keeps the quotient finite.
  public var epsilon: Schedule
  /// r and p, how much a step counts in x.
  public var weighting: ScheduleFreeWeighting

  /// Schedule-free AdamW with schedulefree's defaults.
  public init(
    interpolation: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weighting: ScheduleFreeWeighting = ScheduleFreeWeighting()
  ) {
    (self.interpolation, self.beta2, self.epsilon) = (interpolation, beta2, epsilon)
    self.weighting = weighting
  }

  /// `schedule-free-adamw`.
  public static var name: String { "schedule-free-adamw" }
  /// z, x and v.
  public var slots: [String] { ScheduleFreeAverage.slots + ["meanSquare"] }
  /// β₁ in 0 ... 1, β₂ in 0 ..< 1, ε positive.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("interpolation", interpolation, in: .share), Hyperparameter("beta2", beta2, in: .fraction),
      Hyperparameter("epsilon", epsilon, in: .positive),
    ]
  }

  /// The largest whose square is finite.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_schedule_free_adamw
  }

  /// The coefficients of v, of the quotient and of the average.
  public func coefficients(for step: Step) -> Coefficients {
    let b2 = step(beta2)
    return Coefficients(
      shared: descent_schedule_free_adamw(
        beta2: b2, gain2: 1 - b2, root_scale: 1 / (1 - pow(b2, Double(step.number))).squareRoot(),
        epsilon: step(epsilon), decay: step.decoupledDecay,
        average: weighting.average(at: step, interpolation: step(interpolation))))
  }

  /// The largest rate and the weights.
  public func memory(after step: Step) -> RuleMemory { weighting.memory(after: step) }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[2] = L(c.beta2) * state[2] + L(c.gain2) * (g * g)
    let direction = g / (L(c.root_scale) * L.squareRoot(state[2]) + L(c.epsilon))
    ScheduleFreeAverage.move(&x, by: rate * (direction + L(c.decay) * x), state: &state, c.average)
  }
}

extension ScheduleFreeAdamW: ScheduleFreeRule {
  static var kernel: descent_rule { descent_rule_schedule_free_adamw }
}
