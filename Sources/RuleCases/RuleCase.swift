package import Descent

/// A rule of the engine and the naive loop that it must follow bit by bit: what tests and `descent check` compare.
package struct RuleCase: Sendable, CustomStringConvertible {
  /// The rule with the settings that make the case.
  package var description: String
  /// The engine's rule.
  package var rule: any UpdateRule
  /// The weight decay that it runs with.
  package var weightDecay: WeightDecay
  /// The weight decay of a group of tensors, where there is one, or nil for the same.
  package var groupWeightDecay: WeightDecay?
  /// What knows the naive loop: the rule itself, unless a comparison is to fail.
  package var reference: any RuleReference

  package init(
    _ description: String, _ rule: any UpdateRule & RuleReference, _ weightDecay: WeightDecay = .none,
    groupWeightDecay: WeightDecay? = nil
  ) {
    (self.description, self.rule, self.reference) = (description, rule, rule)
    (self.weightDecay, self.groupWeightDecay) = (weightDecay, groupWeightDecay)
  }

  /// The row of a table of rules that the case counts for.
  package var row: String { type(of: rule).name }

  /// Every kind of step that every rule has.
  package static let all: [RuleCase] = [
    RuleCase("plain", SGD()),
    RuleCase("plain, up", SGD(maximize: true)),
    RuleCase("plain, coupled decay", SGD(), .coupled(0.07)),
    RuleCase("plain, decoupled decay", SGD(), .decoupled(0.07)),
    RuleCase("plain, decay in one group", SGD(), groupWeightDecay: .coupled(0.01)),
    RuleCase("momentum", SGD(momentum: 0.9)),
    RuleCase("momentum, dampened", SGD(momentum: 0.7, dampening: 0.3)),
    RuleCase("momentum, wholly dampened", SGD(momentum: 0.7, dampening: 1)),
    RuleCase("momentum, coupled decay", SGD(momentum: 0.9), .coupled(0.07)),
    RuleCase("momentum, decay in one group", SGD(momentum: 0.9), groupWeightDecay: .decoupled(0.01)),
    RuleCase(
      "momentum, dampened, up, decoupled decay", SGD(momentum: 0.5, dampening: 0.1, maximize: true), .decoupled(0.07)),
    RuleCase("Nesterov", SGD(momentum: 0.9, nesterov: true)),
    RuleCase("Nesterov, up, coupled decay", SGD(momentum: 0.6, nesterov: true, maximize: true), .coupled(0.07)),
    RuleCase("Nesterov, decoupled decay", SGD(momentum: 0.6, nesterov: true), .decoupled(0.07)),
    RuleCase("plain, independent decay", SGD(), .independent(0.07)),
    RuleCase(
      "scheduled momentum and decay",
      SGD(momentum: .oneCycleMomentum(over: 4), dampening: .linear(from: 0, to: 1, over: 3)),
      .decoupled(.cosine(from: 0.1, over: 4))),
    RuleCase("scheduled independent decay", SGD(), .independent(.linear(from: 0, to: 1, over: 4))),
  ]
}
