import Descent

/// A rule, with the settings that it is measured with.
struct MeasuredRule {
  let name: String
  let rule: any UpdateRule
  var weightDecay = WeightDecay.none
  /// For a rule that sees rows and columns: what its step on matrices must read and write.
  var matrixPasses: [Pass]?
  /// The most elements that it is measured with.
  var largestCount = Int.max

  /// Every rule of Descent.
  static let all: [MeasuredRule] = [
    MeasuredRule(name: "SGD", rule: SGD()),
    MeasuredRule(name: "momentum", rule: SGD(momentum: 0.9)),
    MeasuredRule(name: "Nesterov", rule: SGD(momentum: 0.9, nesterov: true)),
    MeasuredRule(name: "Adam", rule: Adam()),
    MeasuredRule(name: "AdamW", rule: Adam(), weightDecay: .decoupled(0.01)),
    MeasuredRule(name: "AMSGrad", rule: AMSGrad()),
    MeasuredRule(name: "NAdam", rule: NAdam()),
    MeasuredRule(name: "RAdam", rule: RAdam()),
    MeasuredRule(name: "Adamax", rule: Adamax()),
    MeasuredRule(name: "AdaBelief", rule: AdaBelief()),
    MeasuredRule(name: "Yogi", rule: Yogi()),
    MeasuredRule(name: "Adan", rule: Adan()),
    MeasuredRule(name: "AdEMAMix", rule: AdEMAMix()),
    MeasuredRule(name: "ADOPT", rule: ADOPT()),
    MeasuredRule(name: "optimistic Adam", rule: OptimisticAdam()),
    MeasuredRule(name: "optimistic descent", rule: OptimisticDescent()),
    MeasuredRule(name: "Lion", rule: Lion()),
    MeasuredRule(name: "Signum", rule: Signum()),
    MeasuredRule(name: "QHM", rule: QuasiHyperbolic()),
    MeasuredRule(name: "Adagrad", rule: Adagrad()),
    MeasuredRule(name: "Adadelta", rule: Adadelta()),
    MeasuredRule(name: "RMSprop", rule: RMSprop()),
    MeasuredRule(name: "Rprop", rule: Rprop()),
    MeasuredRule(name: "ASGD", rule: ASGD()),
    MeasuredRule(name: "FTRL", rule: FTRL()),
    MeasuredRule(name: "LAMB", rule: LAMB()),
    MeasuredRule(name: "LARS", rule: LARS()),
    MeasuredRule(name: "NovoGrad", rule: NovoGrad()),
    MeasuredRule(name: "Fromage", rule: Fromage()),
    MeasuredRule(name: "Prodigy", rule: Prodigy()),
    MeasuredRule(name: "D-Adaptation", rule: DAdaptation()),
    MeasuredRule(name: "schedule-free SGD", rule: ScheduleFreeSGD()),
    MeasuredRule(name: "schedule-free AdamW", rule: ScheduleFreeAdamW()),
    MeasuredRule(name: "schedule-free RAdam", rule: ScheduleFreeRAdam()),
    MeasuredRule(name: "own rule", rule: SignDescent()),
    MeasuredRule(name: "SM3", rule: SM3(), matrixPasses: [.read, .move(slots: 1)]),
    MeasuredRule(name: "Adafactor", rule: Adafactor(), matrixPasses: [.read, .read, .move(slots: 0)]),
    // Products of matrices take minutes on what is larger.
    MeasuredRule(name: "Muon", rule: Muon(), matrixPasses: [.read, .move(slots: 1)], largestCount: 1_000_000),
  ]

  /// The rules of these names, whatever the case of their letters; nil where one is unknown.
  static func named(_ names: [String]) -> [MeasuredRule]? {
    let found = names.map { name in all.first { $0.name.lowercased() == name.lowercased() } }
    return found.contains { $0 == nil } ? nil : found.compactMap { $0 }
  }

  /// The number of arrays as large as the parameters that the rule keeps.
  var slots: Int { passes.map(\.slots).max() ?? 0 }

  /// What a checked step must read and write: the gradient before anything is written; all that a rule takes sums of
  /// before it can move; and then everything once.
  var passes: [Pass] {
    if let matrixPasses { return matrixPasses }
    let slots = rule.slots.count
    return [.read] + (rule.measuredScope == nil ? [] : [.measure(slots: slots)]) + [.move(slots: slots)]
  }

  /// Scalars read and written per element.
  var words: Int { passes.reduce(0) { $0 + $1.words } }
}
