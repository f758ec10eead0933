internal import Schedules

/// A built-in rule as a name, an equation and numbers: what a command line or a file can ask for.
///
/// ```swift
/// let entry = RuleCatalogue.entry(named: "adamw")!
/// let optimizer = try Optimizer<Float>(
///   entry.rule(["beta2": 0.95]), learningRate: LearningRate(.constant(entry.learningRate)),
///   weightDecay: entry.weightDecay, for: layout)
/// ```
public struct RuleEntry: Sendable {
  /// What it is called.
  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// How it moves a parameter θ along the gradient g with the learning rate η.
  public let equation: String
  /// Who described it, and when.
  public let source: String
  /// The settings that are numbers, with their defaults. A switch is 0 or 1.
  public let settings: KeyValuePairs<String, Double>
  /// A learning rate to begin with.
  public let learningRate: Double
  /// The weight decay that belongs to the method; none for most.
  public let weightDecay: WeightDecay

  private let make: @Sendable (RuleNumbers) -> any UpdateRule

  init(
    _ name: String, _ summary: String, _ equation: String, _ source: String, learningRate: Double,
    weightDecay: WeightDecay = .none, _ settings: KeyValuePairs<String, Double> = [:],
    _ make: @escaping @Sendable (RuleNumbers) -> any UpdateRule
  ) {
    (self.name, self.summary, self.equation, self.source) = (name, summary, equation, source)
    (self.settings, self.learningRate, self.weightDecay, self.make) = (settings, learningRate, weightDecay, make)
  }

  /// The rule, with some of its numbers changed.
  /// - Throws: `SettingError` where a number has a name that is not in ``settings``. Ranges are checked when an optimizer
  ///   is made.
  public func rule(_ numbers: [String: Double] = [:]) throws(SettingError) -> any UpdateRule {
    var all = RuleNumbers(values: [:])
    for (name, value) in settings { all.values[name] = value }
    for (name, value) in numbers.sorted(by: { $0.key < $1.key }) {
      guard all.values[name] != nil else {
        let names = settings.map(\.key)
        throw SettingError(
          name: "\(self.name).\(name)", value: value,
          requirement: names.isEmpty
            ? "no setting: there are none" : "one of the names " + names.joined(separator: ", "))
      }
      all.values[name] = value
    }
    return make(all)
  }

  /// The names of the arrays that the rule keeps with its defaults, each as large as the parameters.
  public var slots: [String] { (try? rule().slots) ?? [] }
}

/// Numbers by name, each as what a rule takes it for.
@dynamicMemberLookup
struct RuleNumbers {
  var values: [String: Double]

  subscript(dynamicMember name: String) -> Double { values[name]! }
  subscript(dynamicMember name: String) -> Schedule { .constant(values[name]!) }
  subscript(dynamicMember name: String) -> Bool { values[name]! != 0 }
}
