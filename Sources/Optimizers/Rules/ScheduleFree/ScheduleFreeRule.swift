internal import Schedules

/// What schedule-free rules have in common: z and x are kept, y is made of both, and x is the result.
protocol ScheduleFreeRule: KernelRule {
  /// r and p, how much a step counts in x.
  var weighting: ScheduleFreeWeighting { get }
}

extension ScheduleFreeRule {
  /// Infinite for z and x, which begin at the parameters of a tensor's first step.
  public func initialValue(ofSlot slot: String) -> Double {
    ScheduleFreeAverage.slots.contains(slot) ? .infinity : 0
  }
  /// x.
  public var evaluationSlot: String? { "average" }
  /// Yes: y is made of z and x.
  public var keepsOwnWeights: Bool { true }
  /// The largest rate so far, and Σ wᵢ / wₖ.
  public var memory: KeyValuePairs<String, Double> { ["largestRate": 0, "relativeWeights": 0] }
  /// Yes: the decay is a part of the step of z.
  public var takesDecoupledDecay: Bool { true }

  /// - Throws: `SettingError` where r or p is out of range.
  public func validate() throws(SettingError) { try weighting.validate() }

  /// - Throws: `SettingError` for a decay that is independent of the rate: it would pull y, which is not kept.
  public func validate(_ weightDecay: WeightDecay) throws(SettingError) {
    guard case .independent(let lambda) = weightDecay else { return }
    throw SettingError(
      name: "\(Self.self)'s WeightDecay.independent", value: lambda.value(after: 0),
      requirement: "coupled or decoupled decay, or none")
  }
}
