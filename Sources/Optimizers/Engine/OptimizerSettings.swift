internal import Schedules
internal import Tensors

/// What an optimizer was asked to do, without what it has seen.
struct OptimizerSettings: Sendable {
  let rule: any UpdateRule
  let clipping: GradientClipping
  let weightDecay: WeightDecay
  let groups: [ParameterGroup]
  /// How many gradients make one step.
  let accumulation: Int
  let options: ExecutionOptions

  func validate(with learningRate: LearningRate) throws(StepError) {
    do throws(SettingError) {
      for rule in rules {
        try rule.validate()
        try SettingError.check(
          rule.slots.count <= 4, "UpdateRule.slots", Double(rule.slots.count), "at most four slots")
        try SettingError.check(
          Set(rule.slots).count == rule.slots.count && !rule.slots.contains(where: Self.isOfTheEngine),
          "UpdateRule.slots", Double(rule.slots.count),
          "names that differ, and are neither \"accumulation\" nor begin with \"rate/\"")
        try SettingError.check(
          rule.memory.count <= 4 && Set(rule.memory.map(\.key)).count == rule.memory.count, "UpdateRule.memory",
          Double(rule.memory.count), "at most four numbers, with names that differ")
      }
      try rule.validate(weightDecay)
      try clipping.validate()
      try options.validate()
      for group in groups {
        try SettingError.check(
          group.learningRateScale >= 0 && group.learningRateScale.isFinite, "ParameterGroup.learningRateScale",
          group.learningRateScale, "0 <= scale < infinity")
        try group.normLimit?.validate()
        try (group.rule ?? rule).validate(group.weightDecay ?? weightDecay)
      }
      if learningRate.elementWise != nil, rules.contains(where: { $0 is any ShapedRule }) {
        throw SettingError(
          name: "RandomRate.draw", value: 1, requirement: "one draw for all elements, with a rule of whole tensors")
      }
      let orders = Set(normLimits.map(\.order))
      try SettingError.check(
        orders.count <= 1, "ParameterGroup.normLimit", Double(orders.count), "one order of norms for all limits")
      try SettingError.check(accumulation >= 1, "accumulation", Double(accumulation), "accumulation >= 1")
      for (owner, hyperparameter) in hyperparameters { try hyperparameter.check(after: 0, of: owner) }
    } catch { throw .invalidSetting(error) }
    for (owner, hyperparameter) in hyperparameters {
      do { try hyperparameter.schedule.validate() } catch {
        throw .invalidSchedule("\(owner).\(hyperparameter.name): \(error)")
      }
    }
  }

  /// Whether a checkpoint has an array of the engine's own under this name.
  private static func isOfTheEngine(_ name: String) -> Bool { name == "accumulation" || name.hasPrefix("rate/") }

  /// The optimizer's rule, then those of groups.
  var rules: [any UpdateRule] { [rule] + groups.compactMap(\.rule) }

  /// Every limit on a norm.
  var normLimits: [GradientClipping.NormLimit] {
    (clipping.normLimit.map { [$0] } ?? []) + groups.compactMap(\.normLimit)
  }

  /// All that may change over the run beside the rate, each with the name of what it is a setting of.
  var hyperparameters: [(owner: String, Hyperparameter)] {
    rules.flatMap { rule in rule.hyperparameters.map { ("\(type(of: rule))", $0) } }
      + ([weightDecay] + groups.compactMap(\.weightDecay)).map { ("WeightDecay", $0.hyperparameter) }
  }

  /// The groups, the one of all other tensors last, and the group of each tensor.
  func resolvedGroups(in layout: Layout) throws(StepError) -> (groups: [ParameterGroup], ofTensor: [Int]) {
    var names: Set<String> = []
    for group in groups where !names.insert(group.name).inserted { throw .repeatedGroupName(group.name) }
    var owner = [Int?](repeating: nil, count: layout.entries.count)
    for (index, group) in groups.enumerated() {
      for name in group.tensors.sorted() {
        guard let tensor = layout.position(of: name) else { throw .unknownTensor(name, group: group.name) }
        if let other = owner[tensor] {
          throw .tensorInTwoGroups(name, first: groups[other].name, second: group.name)
        }
        owner[tensor] = index
      }
    }
    guard owner.contains(nil) || groups.isEmpty else { return (groups, owner.map { $0! }) }
    guard !names.contains("default") else { throw .repeatedGroupName("default") }
    let others = layout.entries.indices.filter { owner[$0] == nil }.map { layout.entries[$0].name }
    return (
      groups + [ParameterGroup("default", tensors: Set(others))], owner.map { $0 ?? groups.count }
    )
  }

  /// How tiles will be moved by a rule; decided once, because it depends on nothing that a step brings.
  func path(of rule: any UpdateRule, for learningRate: LearningRate) -> StepReport.Path {
    let decays = [weightDecay] + groups.compactMap(\.weightDecay)
    let isAxpy =
      options.backend == .blas && Self.isPlainDescent(rule) && clipping.valueBound == nil && clipping.adaptive == nil
      && learningRate.elementWise == nil && decays.allSatisfy(\.isNone)
    if isAxpy { return .axpy }
    return type(of: rule).hasKernel && learningRate.elementWise == nil ? .kernel : .body
  }

  /// Whether a rule's step is θ - η g.
  static func isPlainDescent(_ rule: any UpdateRule) -> Bool { (rule as? SGD)?.momentum == 0 }
}
