// `descent rules` as a new user runs it.

import Descent
import Foundation
import TestSupport
import Testing

@Suite struct RulesCommandTests {
  @Test func everyRuleIsListedWithItsEquationAndSettings() throws {
    let result = try Command.run(["rules"])
    #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
    for entry in RuleCatalogue.all {
      #expect(
        result.output.contains("\n\(entry.name): \(entry.summary) (\(entry.source))\n  \(entry.equation)\n")
          || result.output.hasPrefix("\(entry.name): \(entry.summary) (\(entry.source))\n  \(entry.equation)\n"))
      for (name, _) in entry.settings { #expect(result.output.contains(name)) }
    }
  }

  @Test func oneRuleIsShownAlone() throws {
    let result = try Command.run(["rules", "adamw"])
    #expect(
      result.output == """
        adamw: Adam with decoupled weight decay (Loshchilov and Hutter 2019)
          θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)
          state     2 a parameter: mean, meanSquare
          settings  learning rate 0.001, decoupled weight decay 0.01, beta1 0.9, beta2 0.999, epsilon 1e-08, rootEpsilon 0

        """)
  }

  @Test func programsGetJSONWithTheKeysOfTheHelp() throws {
    let result = try Command.run(["rules", "--json"])
    let objects = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(objects.compactMap { $0["name"] as? String } == RuleCatalogue.all.map(\.name))
    let help = try Command.run(["help", "rules"]).output
    for key in Set(objects.flatMap(\.keys)) { #expect(help.contains(key), "\(key)") }
    let adamw = try #require(objects.first { $0["name"] as? String == "adamw" })
    #expect(adamw["decoupledDecay"] as? Double == 0.01)
    #expect((adamw["settings"] as? [String: Double])?["beta2"] == 0.999)
  }

  @Test func aRuleThatIsNoneIsNamed() throws {
    let result = try Command.run(["rules", "adamm"])
    #expect(result.exitCode == 64 && result.errors.contains("\"adamm\"") && result.errors.contains("adamax"))
  }
}
