import Descent
import Foundation
import RuleCases
import Schedules
import TestSupport
import Testing

/// The page of formulas has everything that Descent implements.
@Suite struct FormulaTests {
  /// A line of the table of rules, as the catalogue has it. What fails shows the line to write.
  private static func line(for entry: RuleEntry) throws -> String {
    let type = type(of: try entry.rule())
    let tables = [("RuleCase", RuleCase.all.map(\.row)), ("ModelCase", ModelCase.all.map(\.row))]
    let test = tables.first { $0.1.contains(type.name) }?.0
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
