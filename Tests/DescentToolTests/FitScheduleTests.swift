// `descent fit --schedule`: kinds with a name and options, or the notation.

import Foundation
import TestSupport
import Testing

@Suite struct FitScheduleTests {
  private static let data = ReferenceFile.repository.appending(path: "Examples/Data/diabetes.csv").path

  private func run(_ options: [String]) throws -> CommandResult {
    try Command.run(["fit", Self.data, "--model", "linear", "--standardize", "--quiet"] + options)
  }

  private struct Summary: Decodable, Equatable {
    let objective: Double
    let gradientNorm: Double
    let learningRate: Double
    let learningRateFromData: Bool
    let steps: Int
  }

  private func summary(_ options: [String]) throws -> Summary {
    let result = try run(options + ["--json"])
    #expect(result.exitCode == 0, "\(result.errors)")
    return try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
  }

  @Test(arguments: [
    (["--learning-rate", "0.1"], "0.1"),
    (["--schedule", "cosine", "--warmup", "20", "--learning-rate", "0.1"], "warmup(20) then cosine(0.1 -> 0, 180)"),
    (["--schedule", "linear", "--learning-rate", "0.1", "--final-rate", "0.01"], "linear(0.1 -> 0.01, 200)"),
    (["--schedule", "polynomial", "--learning-rate", "0.1", "--power", "3"], "polynomial(0.1 -> 0, 200, power 3)"),
    (["--schedule", "time-based", "--learning-rate", "0.1"], "timeBased(0.1, decay 0.01)"),
  ])
  func theNotationGivesTheSameFitAsAName(_ named: [String], _ notation: String) throws {
    let written = try summary(["--schedule", notation])
    #expect(try summary(named) == written)
    #expect(!written.learningRateFromData && written.steps == 200)
  }

  @Test(arguments: [
    (["--schedule", "0"], "the first step has the value 0"),
    (["--schedule", "cosine", "--warmup", "5", "--epochs", "2"], "the schedule takes 5 steps, but the run has 2"),
  ])
  func whatIsSeldomMeantIsWarnedOf(_ options: [String], _ said: String) throws {
    let result = try run(options)
    #expect(result.exitCode == 0 && result.errors.hasPrefix("warning: \(said)"), "\(result.errors)")
  }

  @Test(arguments: [
    ("cosine(0.1 0, 9500)", "expected \")\" or \",\" at column 12, but there is \"0\"", 12),
    ("warmup(500) then cosine(0.1 -> 0, 0)", "over of cosine at column 35 is 0, but must be at least 1", 35),
    ("cosin(0.1, 5)", "did you mean \"cosine\"?", 1),
  ])
  func aMistakeIsShownWithItsPlace(_ notation: String, _ said: String, _ column: Int) throws {
    let result = try run(["--schedule", notation])
    #expect(result.exitCode == 64 && result.output == "")
    let lines = result.errors.split(separator: "\n")
    #expect(lines[0].hasPrefix("Error: --schedule: ") && lines[0].contains(said), "\(result.errors)")
    #expect(lines[1] == "  \(notation)" && lines[2] == String(repeating: " ", count: column + 1) + "^")
    #expect(lines[3].contains("descent fit"))
  }

  @Test(arguments: [
    (["--schedule", "0.1", "--learning-rate", "0.2"], "--learning-rate is 0.2"),
    (["--schedule", "0.1", "--warmup", "5"], "leave out --warmup"),
    (["--schedule", "0.1", "--final-rate", "0"], "leave out --final-rate"),
    (["--schedule", "0.1", "--rate-cap", "1"], "leave out --rate-cap"),
    (["--schedule", "plateu"], "it is one of constant, linear, polynomial, time-based, cosine, plateau, "),
    (["--schedule", ""], "--schedule is \"\""),
    (["--decay", "0.1"], "--decay has no effect with --schedule constant; leave it out, or take time-based"),
    (["--schedule", "plateau", "--power", "2"], "take polynomial or time-based"),
    (["--schedule", "random"], "needs --rate-cap"), (["--warmup=-1"], "--warmup is -1"),
  ])
  func whatContradictsTheScheduleIsRefused(_ options: [String], _ said: String) throws {
    let result = try run(options)
    #expect(result.exitCode == 64 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test func withoutAnInterceptThereIsNoBias() throws {
    try withTemporaryDirectory { directory in
      let model = directory.appending(path: "model.json")
      #expect(try run(["--no-intercept", "--weight-decay", "0.01", "--save", model.path]).exitCode == 0)
      let text = try String(contentsOf: model, encoding: .utf8)
      #expect(text.contains("\"bias\" : [\n\n  ]"), "\(text)")
    }
  }
}
