public import Schedules

/// One step as a rule sees it.
public struct Step: Sendable {
  /// The number of the step: 1 for the first.
  public let number: Int
  /// The learning rate; `move` gets it as a register too, because it may differ between elements.
  public let learningRate: Double
  /// λ of `WeightDecay.decoupled`, for a rule with `takesDecoupledDecay`; 0 for others.
  public let decoupledDecay: Double
  /// What the rule remembers of the steps before.
  public let memory: RuleMemory
  /// What `measure` summed; nil while it has not, and for a rule that measures nothing.
  public internal(set) var sums: MeasuredSums?

  /// The value of a hyper-parameter in this step.
  public func callAsFunction(_ hyperparameter: Schedule) -> Double { hyperparameter.value(after: number - 1) }
}
