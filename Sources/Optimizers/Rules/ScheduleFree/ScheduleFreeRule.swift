/// What schedule-free rules have in common: z and x are kept, y is made of both, and x is the result.
protocol ScheduleFreeRule: KernelRule {
  /// r and p, how much a step counts in x.
  var weighting: ScheduleFreeWeighting { get }
}

extension ScheduleFreeRule {
  /// Infinite for z and x, which begin at the parameters of a tensor's first step.
  public func initialValue(ofSlot slot: String) -> Double { ScheduleFreeAverage.initialValue(ofSlot: slot) }
  /// x.
  public var evaluationSlot: String? { "average" }
  /// Yes: y is made of z and x.
  public var keepsOwnWeights: Bool { true }
  /// The largest rate so far, and Σ wᵢ / wₖ.
  public var memory: KeyValuePairs<String, Double> { ScheduleFreeWeighting.memory }
  /// Yes: the decay is a part of the step of z.
  public var takesDecoupledDecay: Bool { true }

  /// - Throws: `SettingError` where r or p is out of range.
  public func validate() throws(SettingError) { try weighting.validate() }

  /// - Throws: `SettingError` for a decay that is independent of the rate: it would pull y, which is not kept.
  public func validate(_ weightDecay: WeightDecay) throws(SettingError) {
    try ScheduleFreeWeighting.check(weightDecay, of: "\(Self.self)")
  }
}
