internal import CKernels
public import Schedules
public import Tensors

/// Resilient propagation: a step for each parameter that grows while its gradient keeps its sign.
///
///     Δ ← clamp(f Δ, Δ₋ ... Δ₊)          f is η₊ where g has the sign it had, η₋ where it has the other, else 1
///     θ ← θ - η sign(g) Δ                and no step where the sign has changed
///
/// Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993, without
/// backtracking, as in PyTorch: what PyTorch calls the learning rate is `initialStep` here, and η is 1. The version 0.2.8 of
/// Optax applies the update of the step before. For gradients of the whole data only: signs of noisy gradients mean little. State: two
/// numbers a parameter.
public struct Rprop: UpdateRule {
  /// Δ before the first step.
  public var initialStep: Double
  /// η₋, by which a step shrinks; below 1.
  public var decrease: Schedule
  /// η₊, by which a step grows; 1 or more.
  public var increase: Schedule
  /// Δ₋, the least step.
  public var leastStep: Double
  /// Δ₊, the largest step.
  public var largestStep: Double

  /// Rprop with the paper's settings unless told otherwise.
  public init(
    initialStep: Double = 0.01, decrease: Schedule = 0.5, increase: Schedule = 1.2, leastStep: Double = 1e-6,
    largestStep: Double = 50
  ) {
    (self.initialStep, self.decrease, self.increase) = (initialStep, decrease, increase)
    (self.leastStep, self.largestStep) = (leastStep, largestStep)
  }

  /// `rprop`.
  public static var name: String { "rprop" }
  /// Δ, and the sign of the gradient of the step before.
  public var slots: [String] { ["step", "previousSign"] }
  /// Steps begin as set.
  public func initialValue(ofSlot slot: String) -> Double { slot == "step" ? initialStep : 0 }

  /// η₋ in 0 ..< 1 and η₊ positive.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("decrease", decrease, in: .fraction), Hyperparameter("increase", increase, in: .positive)]
  }

  /// - Throws: `SettingError` where steps are not positive or the least is above the largest.
  public func validate() throws(SettingError) {
    try SettingError.check(initialStep > 0 && initialStep < .infinity, "Rprop.initialStep", initialStep, "0 < step")
    try SettingError.check(
      leastStep >= 0 && leastStep <= largestStep, "Rprop.leastStep", leastStep, "0 <= step <= largest")
    try SettingError.check(largestStep < .infinity, "Rprop.largestStep", largestStep, "step < infinity")
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_rprop
  }

  /// The settings.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_rprop(
        decrease: step(decrease), increase: step(increase), least_step: leastStep, largest_step: largestStep))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let sign = L.sign(g)
    let agreement = sign * state[1]
    let growth = L.select(where: L(0), isLessThan: agreement, L(c.increase), else: L(1))
    let factor = L.select(where: agreement, isLessThan: L(0), L(c.decrease), else: growth)
    state[0] = L.minimum(L.maximum(factor * state[0], L(c.least_step)), L(c.largest_step))
    state[1] = L.select(where: agreement, isLessThan: L(0), L(0), else: sign)
    x -= rate * (state[1] * state[0])
  }
}

extension Rprop: KernelRule {
  static var kernel: descent_rule { descent_rule_rprop }
}
