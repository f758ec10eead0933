import Descent

/// A rule, with the settings that it is measured with.
struct MeasuredRule {
  let name: String
  let rule: any UpdateRule
  var weightDecay = WeightDecay.none
  /// What a step must read and write, where it is not one read of the gradient and one move of everything.
  var ownPasses: [Pass]?
  /// Whether it is measured on matrices: it sees rows and columns.
  var isOnMatrices = false
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
    MeasuredRule(name: "LAMB", rule: LAMB(), ownPasses: [.read, .measure(slots: 2), .move(slots: 2)]),
    MeasuredRule(name: "LARS", rule: LARS(), ownPasses: [.read, .measure(slots: 0), .move(slots: 1)]),
    MeasuredRule(name: "NovoGrad", rule: NovoGrad(), ownPasses: [.read, .read, .move(slots: 1)]),
    MeasuredRule(name: "Fromage", rule: Fromage(), ownPasses: [.read, .measure(slots: 0), .move(slots: 0)]),
    MeasuredRule(name: "Prodigy", rule: Prodigy(), ownPasses: [.read, .measure(slots: 2), .move(slots: 4)]),
    // The gradient and two of its three arrays: as much as parameters, gradient and one.
    MeasuredRule(
      name: "D-Adaptation", rule: DAdaptation(), ownPasses: [.read, .measure(slots: 1), .move(slots: 3)]),
    MeasuredRule(name: "schedule-free SGD", rule: ScheduleFreeSGD()),
    MeasuredRule(name: "schedule-free AdamW", rule: ScheduleFreeAdamW()),
    MeasuredRule(name: "schedule-free RAdam", rule: ScheduleFreeRAdam()),
    MeasuredRule(name: "own rule", rule: SignDescent()),
    MeasuredRule(name: "SM3", rule: SM3(), ownPasses: [.read, .move(slots: 1)], isOnMatrices: true),
    MeasuredRule(
      name: "Adafactor", rule: Adafactor(), ownPasses: [.read, .read, .move(slots: 0)], isOnMatrices: true),
    // Products of matrices take minutes on what is larger.
    MeasuredRule(
      name: "Muon", rule: Muon(), ownPasses: [.read, .move(slots: 1)], isOnMatrices: true, largestCount: 1_000_000),
  ]

  /// The rules of these names, whatever the case of their letters; nil where one is unknown.
  static func named(_ names: [String]) -> [MeasuredRule]? {
    let found = names.map { name in all.first { $0.name.lowercased() == name.lowercased() } }
    return found.contains { $0 == nil } ? nil : found.compactMap { $0 }
  }

  /// The number of arrays as large as the parameters that the rule keeps.
  var slots: Int { passes.map(\.slots).max() ?? 0 }

  /// What a checked step must read and write: the gradient before anything is written; what a rule takes sums of before it
  /// can move; and then everything once.
  var passes: [Pass] { ownPasses ?? [.read, .move(slots: rule.slots.count)] }

  /// Scalars read and written per element.
  var words: Int { passes.reduce(0) { $0 + $1.words } }
}
