internal import ArgumentParser
internal import Descent
internal import Foundation

/// `descent rules`: every update rule that there is.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List the update rules: equations, settings and defaults, state, sources.",
    discussion: """
      θ are the parameters, g the clipped gradient, η the learning rate, k the number of the step from 1. A hat divides a \
      mean that begins at zero by 1 - βᵏ. Each name of the state is an array as large as the parameters, or a number a row or column. What is named here is what Optimizer takes; peers that differ, and their \
      conventions, are in the documentation of each rule.

      EXAMPLES
        descent rules
            all of them
        descent rules adamw lion
            two of them
        descent rules --json | jq '.[].name'
            for a program

      JSON KEYS
        An array of objects: name, summary, equation, source, settings (by name),
        learningRate (one to begin with), decoupledDecay (left out for most), state
        (an array of names).
      """)

  @Argument(help: "Which rules; all if none is named.", completion: .list(RuleCatalogue.all.map(\.name)))
  var names: [String] = []

  @OptionGroup(title: "Output")
  var result: ResultOptions

  func run() throws {
    let entries = try names.isEmpty ? RuleCatalogue.all : names.map(entry)
    try result.write(
      result.json
        ? JSONText.of(entries.map(RuleObject.init)) : entries.map { RuleText(entry: $0).text }.joined(separator: "\n\n")
    )
  }

  private func entry(_ name: String) throws -> RuleEntry {
    guard let entry = RuleCatalogue.entry(named: name) else {
      throw ValidationError(RuleCatalogue.noRule(name))
    }
    return entry
  }
}

/// A rule in four lines.
private struct RuleText {
  let entry: RuleEntry

  var text: String {
    """
    \(entry.name): \(entry.summary) (\(entry.source))
      \(entry.equation)
      state     \(state)
      settings  \(settings)
    """
  }

  private var state: String {
    entry.slots.isEmpty ? "nothing" : entry.slots.joined(separator: ", ")
  }

  private var settings: String {
    let decay = entry.decoupledDecay.map { ["decoupled weight decay \(number($0))"] } ?? []
    let numbers = entry.settings.map { "\($0.key) \(number($0.value))" }
    return (["learning rate \(number(entry.learningRate))"] + decay + numbers).joined(separator: ", ")
  }

  private func number(_ value: Double) -> String { String(format: "%.10g", value) }
}

/// A rule for programs.
private struct RuleObject: Encodable {
  let name, summary, equation, source: String
  let settings: [String: Double]
  let learningRate: Double
  let decoupledDecay: Double?
  let state: [String]

  init(_ entry: RuleEntry) {
    (name, summary, equation, source) = (entry.name, entry.summary, entry.equation, entry.source)
    settings = Dictionary(uniqueKeysWithValues: entry.settings.map { ($0.key, $0.value) })
    (learningRate, decoupledDecay, state) = (entry.learningRate, entry.decoupledDecay, entry.slots)
  }
}

extension RuleEntry {
  /// λ, where the method has one of its own.
  fileprivate var decoupledDecay: Double? {
    if case .decoupled(let lambda) = weightDecay { lambda(0) } else { nil }
  }
}
