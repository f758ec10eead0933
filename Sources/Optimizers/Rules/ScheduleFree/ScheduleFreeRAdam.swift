internal import CKernels
public import Schedules
public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Schedule-free RAdam: AdamW that warms itself up, beside an average that takes the place of a decaying learning rate.
///
/// With the gradient g at the parameters y, learning rate η, interpolation β₁ and decoupled decay λ, at step k
///
///     ρ∞ = 2 / (1 - β₂) - 1          ρ = ρ∞ - 2 k β₂ᵏ / (1 - β₂ᵏ)
///     v ← β₂ v + (1 - β₂) g²
///     z ← z - η r (g / (√(v / (1 - β₂ᵏ)) + ε) + λ y)       r² = (ρ - 4) (ρ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρ) where ρ > 4
///     z ← z - η (g + λ y), or z where `startsSilently`     where ρ ≤ 4, as for the first four steps with β₂ = 0.999
///
/// and x and y follow z as in ``ScheduleFreeSGD``, with η r, or 0, as the rate that the weights are made of. The rectification
/// is that of Liu et al., "On the variance of the adaptive learning rate and beyond", 2020, with the threshold 4; form and
/// defaults are those of schedulefree's `RAdamScheduleFree`, whose rate is 0.0025.
///
/// State per parameter: three numbers.
public struct ScheduleFreeRAdam: UpdateRule {
  /// β₁, how far y is from z towards x.
  public var interpolation: Schedule
  /// β₂, how much of the mean square is kept.
  public var beta2: Schedule
  /// ε, which keeps the quotient finite.
  public var epsilon: Schedule
  /// r and p, how much a step counts in x.
  public var weighting: ScheduleFreeWeighting
  /// Whether nothing moves while ρ ≤ 4, instead of along the gradient itself.
  public var startsSilently: Bool

  /// Schedule-free RAdam with schedulefree's defaults.
  public init(
    interpolation: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weighting: ScheduleFreeWeighting = ScheduleFreeWeighting(), startsSilently: Bool = true
  ) {
    (self.interpolation, self.beta2, self.epsilon) = (interpolation, beta2, epsilon)
    (self.weighting, self.startsSilently) = (weighting, startsSilently)
  }

  /// `schedule-free-radam`.
  public static var name: String { "schedule-free-radam" }
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
    var shared: descent_schedule_free_radam
  }

  /// The coefficients of v, of the quotient and of the average.
  public func coefficients(for step: Step) -> Coefficients {
    let b2 = step(beta2)
    let rectification = rectification(at: step)
    let adamw = descent_schedule_free_adamw(
      beta2: b2, gain2: 1 - b2, root_scale: 1 / (1 - pow(b2, Double(step.number))).squareRoot(), epsilon: step(epsilon),
      decay: step.decoupledDecay,
      average: weighting.average(
        at: step, rateFactor: rectification.factor, interpolation: step(interpolation)))
    return Coefficients(
      shared: descent_schedule_free_radam(
        adamw: adamw, rate_factor: rectification.factor, is_rectified: rectification.isRectified))
  }

  /// The largest rate and the weights.
  public func memory(after step: Step) -> RuleMemory {
    weighting.memory(after: step, rateFactor: rectification(at: step).factor)
  }

  /// r where ρ > 4. The difference that ρ is cancels digits, here as in schedulefree.
  private func rectification(at step: Step) -> (factor: Double, isRectified: Bool) {
    let power = pow(step(beta2), Double(step.number))
    let limit = 2 / (1 - step(beta2)) - 1
    let length = limit - 2 * Double(step.number) * power / (1 - power)
    guard length > 4 else { return (startsSilently ? 0 : 1, false) }
    return (((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot(), true)
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let (c, adamw) = (coefficients.shared, coefficients.shared.adamw)
    state[2] = L(adamw.beta2) * state[2] + L(adamw.gain2) * (g * g)
    let root = L(adamw.root_scale) * L.squareRoot(state[2])
    let direction = c.is_rectified ? g / (root + L(adamw.epsilon)) : g
    let step = rate * L(c.rate_factor) * (direction + L(adamw.decay) * x)
    ScheduleFreeAverage.move(&x, by: step, state: &state, adamw.average)
  }
}

extension ScheduleFreeRAdam: ScheduleFreeRule {
  static var kernel: descent_rule { descent_rule_schedule_free_radam }
}
