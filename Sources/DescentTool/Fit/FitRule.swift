internal import ArgumentParser
internal import Descent

/// A number for a setting of the rule, as it is typed: `beta2=0.95`.
struct RuleSetting: ExpressibleByArgument, CustomStringConvertible, Sendable {
  let name: String
  let value: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]) else { return nil }
    (name, self.value) = (String(parts[0]), value)
  }

  var description: String { "\(name)=\(value)" }
}

extension RuleCatalogue {
  /// What is said of a name that no rule has.
  static func noRule(_ name: String) -> String {
    let names = all.map(\.name)
    let nearest = names.nearest(to: name).map { "did you mean \"\($0)\"? There are" } ?? "there are"
    return "there is no rule \"\(name)\"; \(nearest) \(names.joined(separator: ", "))"
  }
}

extension FitTrainingOptions {
  /// The momentum of the rule sgd.
  var sgdMomentum: Double { momentum ?? 0.9 }

  /// The rule's entry in the catalogue.
  func entry() throws -> RuleEntry {
    guard let entry = RuleCatalogue.entry(named: optimizer) else {
      throw ValidationError("--optimizer: " + RuleCatalogue.noRule(optimizer))
    }
    return entry
  }

  /// The update rule with its settings.
  func rule() throws -> any UpdateRule {
    let entry = try entry()
    var numbers = Dictionary(settings.map { ($0.name, $0.value) }) { _, last in last }
    if entry.name == "sgd" {
      numbers["momentum"] = numbers["momentum"] ?? sgdMomentum
      if nesterov { numbers["nesterov"] = 1 }
    }
    let names = entry.settings.map(\.key)
    if let unknown = settings.first(where: { !names.contains($0.name) }) {
      let known = names.isEmpty ? "it has none" : "there are \(names.joined(separator: ", "))"
      throw ValidationError("--set \(unknown): \(entry.name) has no setting \"\(unknown.name)\"; \(known)")
    }
    do throws(SettingError) { return try entry.rule(numbers) } catch {
      throw ValidationError("--set: \(error)")
    }
  }

  /// The weight decay: what was asked for, or what belongs to the rule.
  func decay() throws -> WeightDecay {
    guard let weightDecay else { return try entry().weightDecay }
    return weightDecay == 0 ? .none : .decoupled(.constant(weightDecay))
  }
}
