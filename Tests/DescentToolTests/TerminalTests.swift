// Lines that fit a terminal.

import DescentTool
import Foundation
import TestSupport
import Testing

@Suite struct TerminalTests {
  @Test(arguments: [
    ("title           one two three four", 30, "title           one two three\n                four"),
    ("  0.1   200   1.5  one two three four", 36, "  0.1   200   1.5  one two three\n                   four"),
    ("  one two three", 10, "  one two\n  three"), ("short", 10, "short"), ("abcdefghijkl", 5, "abcdefghijkl"),
    ("a\n\nb", 1, "a\n\nb"),
    ("fit with it     descent fit a.csv --x 1", 34, "fit with it     descent fit \\\n                  a.csv --x 1"),
    ("descent fit a.csv --rate 0.1 --set a=1", 27, "descent fit a.csv \\\n  --rate 0.1 --set a=1"),
  ])
  func longLinesAreBroken(_ text: String, _ width: Int, _ expected: String) {
    #expect(LineWrap.wrapped(text, to: width) == expected)
    #expect(LineWrap.wrapped(text, to: nil) == text)
  }

  @Test func aBarFitsEveryTerminal() {
    let state = "epoch 1200/5000  loss 0.417713  rate 1.74e-08  ‖g‖ 0.00184"
    for width in 0...120 {
      for share in [0, 0.5, 1] {
        let line = ProgressBar.line(share, state, timeLeft: "12 s left", width: width)
        #expect(line.count <= width)
        #expect(line.contains("12 s left") == (width >= 79), "\(width)")
      }
    }
    #expect(
      ProgressBar.line(0.5, "half", timeLeft: "1 s left", width: 80).hasPrefix("████████████░░░░░░░░░░░░  half  1 s"))
  }

  private static let data = ReferenceFile.repository.appending(path: "Examples/Data").path

  /// No line of what a person reads is longer than the terminal, but for words that are.
  @Test(arguments: [
    ["recommend", "\(data)/diabetes.csv", "--model", "linear"], ["rules"], ["rules", "adamw"],
    ["fit", "\(data)/diabetes.csv", "--model", "linear", "--epochs", "2"], ["schedule", "cosine(0.1 -> 0, 100)"],
    ["schedule", "--list"], ["check", "--quick"],
    ["tune", "\(data)/diabetes.csv", "--model", "linear", "--standardize", "--epochs", "5"],
    ["help"], ["help", "fit"], ["help", "predict"], ["help", "tune"], ["help", "recommend"], ["help", "schedule"],
    ["help", "rules"], ["help", "check"], ["help", "plot"],
  ])
  func nothingIsWiderThanTheTerminal(_ arguments: [String]) throws {
    let result = try Command.run(arguments, environment: ["COLUMNS": "80"])
    #expect(result.exitCode == 0, "\(result.errors)")
    for line in result.output.split(separator: "\n") where line.count > 80 {
      #expect(line.contains("descent ") || !line.contains(" "), "\(line.count): \(line)")
    }
    #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
  }

  /// Errors too, whether the arguments are wrong or the run, and no word is lost or broken.
  @Test(arguments: [
    ["fit"], ["fti"], ["fit", "nowhere.csv", "--model", "linear", "--epochs=-3"], ["schedule"],
    ["fit", "\(data)/diabetes.csv", "--model", "linear", "--learning-rate", "1e300"],
  ])
  func noErrorIsWiderThanTheTerminal(_ arguments: [String]) throws {
    let narrow = try Command.run(arguments, environment: ["COLUMNS": "50"])
    let wide = try Command.run(arguments, environment: ["COLUMNS": "500"])
    #expect(narrow.exitCode == wide.exitCode && narrow.exitCode != 0 && narrow.output == "")
    #expect(narrow.errors.split(separator: "\n").allSatisfy { $0.count <= 50 }, "\(narrow.errors)")
    #expect(narrow.errors.split(whereSeparator: \.isWhitespace) == wide.errors.split(whereSeparator: \.isWhitespace))
  }

  @Test func aSketchIsAsWideAsTheTerminal() throws {
    for width in [24, 40, 80, 200] {
      let output = try Command.run(
        ["schedule", "warmup(500) then cosine(0.1 -> 0, 9500)"], environment: ["COLUMNS": "\(width)"]
      ).output
      let bottom = output.split(separator: "\n").filter { $0.contains("█") }.last ?? ""
      #expect(bottom.hasPrefix("  0 ") && bottom.count == min(width, 4 + 64), "\(output)")
    }
  }

  /// What a terminal gets, by the program script, which has a terminal to offer.
  private func onTerminal(_ arguments: [String], _ environment: [String: String]) throws -> String {
    let command = "'\(Command.descent.path)' " + arguments.map { "'\($0)'" }.joined(separator: " ")
    return try Command.run(
      ["-qec", command, "/dev/null"], environment: ["TERM": "xterm"].merging(environment) { $1 },
      executable: URL(filePath: "/usr/bin/script")
    ).output
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is not installed"))
  func thereIsColourOnATerminalAlone() throws {
    let arguments = ["fit", "\(Self.data)/diabetes.csv", "--model", "linear", "--schedule", "0", "--quiet"]
    let coloured = "\u{1B}[33mwarning:\u{1B}[0m the first step"
    #expect(try onTerminal(arguments, ["NO_COLOR": ""]).contains(coloured))
    for environment in [["NO_COLOR": "1"], ["NO_COLOR": "", "TERM": "dumb"]] {
      let text = try onTerminal(arguments, environment)
      #expect(text.contains("warning: the first step") && !text.contains("\u{1B}"))
    }
    #expect(!(try Command.run(arguments).errors.contains("\u{1B}")))
  }

  @Test func theCommandThatIsRecommendedCanBePasted() throws {
    let arguments = ["recommend", "\(Self.data)/diabetes.csv", "--model", "linear"]
    let narrow = try Command.run(arguments, environment: ["COLUMNS": "60"]).output
    let wide = try Command.run(arguments).output
    func command(_ text: String) -> String {
      text.replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n").filter { $0.contains("descent fit") }
        .joined().split(separator: " ").joined(separator: " ")
    }
    #expect(command(narrow) == command(wide) && command(wide).contains("descent fit"))
  }
}
