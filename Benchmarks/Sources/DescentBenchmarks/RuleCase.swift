import Descent

/// A rule, with the settings that it is measured with.
struct RuleCase {
  let name: String
  let rule: any UpdateRule
  var weightDecay = WeightDecay.none

  /// Every rule of Descent.
  static let all: [RuleCase] = [
    RuleCase(name: "SGD", rule: SGD()),
    RuleCase(name: "momentum", rule: SGD(momentum: 0.9)),
    RuleCase(name: "Nesterov", rule: SGD(momentum: 0.9, nesterov: true)),
  ]

  /// The rules of these names, whatever the case of their letters; nil where one is unknown.
  static func named(_ names: [String]) -> [RuleCase]? {
    let found = names.map { name in all.first { $0.name.lowercased() == name.lowercased() } }
    return found.contains { $0 == nil } ? nil : found.compactMap { $0 }
  }

  /// The number of arrays that the rule keeps.
  var slots: Int { rule.slots.count }

  /// What a checked step must read and write: the gradient before anything is written; all that a rule takes sums of
  /// before it can move; and then everything once.
  var passes: [Pass] {
    [.read] + (rule.measuredScope == nil ? [] : [.measure(slots: slots)]) + [.move(slots: slots)]
  }

  /// Scalars read and written per element.
  var words: Int { passes.reduce(0) { $0 + $1.words } }
}
