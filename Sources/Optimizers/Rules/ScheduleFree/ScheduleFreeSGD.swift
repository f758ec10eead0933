internal import CKernels
public import Schedules
public import Tensors

/// Schedule-free gradient descent: an average of the iterates takes the place of a decaying learning rate.
///
/// With the gradient g at the parameters y, learning rate η, interpolation β and decay λ, at each step
///
///     z ← z - η (g + λ y)                      z, x and y begin as the same point
///     x ← (1 - c) x + c z                      c = wₖ / Σ wᵢ,  wₖ = kʳ · (largest η so far)ᵖ
///     y ← (1 - β) z + β x
///
/// The caller's parameters are y, where gradients are taken; `Optimizer.evaluationPoint(of:)` is x, the result.
/// Both z and x are kept, and y is made from them: what is written to the parameters between steps moves the next gradient
/// and nothing else. Defazio, Yang, Mehta, Mishchenko, Khaled and Cutkosky, "The road less scheduled", 2024.
///
/// A warm-up belongs in the schedule of the rate; c weighs its steps little. β 0 averages plain descent (Polyak), β 1 takes
/// gradients at the average. The defaults are schedulefree's, which has no x but computes it as y + (1 - 1/β) (z - y) when
/// asked; Optax does too, and in its warm-up the weights are one step ahead of the rates.
///
/// State per parameter: two numbers.
public struct ScheduleFreeSGD: UpdateRule {
  /// β, how far y is from z towards x.
  public var interpolation: Schedule
  /// r and p, how much a step counts in x.
  public var weighting: ScheduleFreeWeighting

  /// Schedule-free descent with schedulefree's defaults.
  public init(interpolation: Schedule = 0.9, weighting: ScheduleFreeWeighting = ScheduleFreeWeighting()) {
    (self.interpolation, self.weighting) = (interpolation, weighting)
  }

  /// `schedule-free-sgd`.
  public static var name: String { "schedule-free-sgd" }
  /// z and x.
  public var slots: [String] { ScheduleFreeAverage.slots }
  /// β in 0 ... 1.
  public var hyperparameters: [Hyperparameter] { [Hyperparameter("interpolation", interpolation, in: .share)] }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_schedule_free_sgd
  }

  /// λ, c and β.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_schedule_free_sgd(
        decay: step.decoupledDecay, average: weighting.average(at: step, interpolation: step(interpolation))))
  }

  /// The largest rate and the weights.
  public func memory(after step: Step) -> RuleMemory { weighting.memory(after: step) }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    ScheduleFreeAverage.move(&x, by: rate * (g + L(c.decay) * x), state: &state, c.average)
  }
}

extension ScheduleFreeSGD: ScheduleFreeRule {
  static var kernel: descent_rule { descent_rule_schedule_free_sgd }
}
