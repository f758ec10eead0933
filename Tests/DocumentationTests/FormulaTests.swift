import Descent
import Foundation
import RuleCases
import Schedules
import TestSupport
import Testing

/// The page of formulas has everything that Descent implements.
@Suite struct FormulaTests {
  /// Where the rules are tried that are no rows of `RuleCase`.
  private static let tests = [
    "muon": "WholeTensorRuleTests/theNaiveRulesAreFollowed",
    "adafactor": "WholeTensorRuleTests/theNaiveRulesAreFollowed",
    "sm3": "WholeTensorRuleTests/theNaiveRulesAreFollowed",
    "prodigy": "ParameterFreeRuleTests/theNaiveRulesAreFollowed",
    "d-adaptation": "ParameterFreeRuleTests/theNaiveRulesAreFollowed",
  ]

  /// A line of the table of rules, as the catalogue has it. What fails shows the line to write.
  private static func line(for entry: RuleEntry) throws -> String {
    let type = type(of: try entry.rule())
    let cases = RuleCase.all.filter { $0.row == type.name }.count
    let test = tests[entry.name] ?? (cases > 0 ? "RuleCase" : nil)
    let equation = entry.equation.replacing("|", with: "\\|")
    let rule = "``/Optimizers/\(type)`` (`\(entry.name)`)"
    return "| \(rule) | \(equation) | \(entry.source) | `\(try #require(test, "\(entry.name) is tried nowhere"))` |"
  }

  @Test(arguments: RuleCatalogue.all.map(\.name)) func everyRuleIsOnThePage(_ name: String) throws {
    let entry = try #require(RuleCatalogue.entry(named: name))
    let line = try Self.line(for: entry)
    #expect(try Article("Formulas").text.contains(line + "\n"), "\(line)")
  }

  @Test(arguments: Schedule.kindNames + ["custom"]) func everyScheduleIsOnThePage(_ name: String) throws {
    #expect(try Article("Formulas").text.contains("``/Schedules/Schedule/\(name)("))
  }

  /// One file holds one controller, or one thing around a rule.
  @Test(arguments: ["Controllers", "Weights"]) func everyFileOfAFolderIsOnThePage(_ folder: String) throws {
    let inside = ["RateController", "RateHistory", "KeptWeights", "KeptWeightsState"]
    let path = ReferenceFile.repository.appending(path: "Sources/Optimizers/\(folder)").path
    let names = try FileManager.default.contentsOfDirectory(atPath: path).map { String($0.dropLast(".swift".count)) }
    for name in names where !inside.contains(name) && !name.contains("+") {
      #expect(try Article("Formulas").text.contains("``/Optimizers/\(name)``"), "\(folder)/\(name)")
    }
  }
}
