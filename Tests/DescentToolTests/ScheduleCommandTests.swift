// `descent schedule` as a new user runs it.

import Descent
import Foundation
import TestSupport
import Testing

@Suite struct ScheduleCommandTests {
  private static let example = "warmup(500) then cosine(0.1 -> 0, 9500)"
  private static let hasGnuplot = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")

  private func run(_ arguments: String..., in directory: URL? = nil) throws -> CommandResult {
    try Command.run(["schedule"] + arguments, in: directory)
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func aScheduleIsShownAsATableAndAPicture() throws {
    let result = try run(Self.example)
    #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
    let lines = lines(result.output)
    #expect(lines[0] == Self.example)
    #expect(lines[1] == "10000 steps, complete after 10000")
    #expect(lines[3].hasPrefix("0.1 ") && lines[7].hasPrefix("  0 ▆█") && lines[7].hasSuffix("▁▁▁"))
    #expect(lines[8].hasPrefix("    0 ") && lines[8].hasSuffix(" 9999"))
    // Values of the formula: 0.1/500, and 0.05 (1 + cos(pi k/9500)) after k steps of the cosine.
    let rows = [
      "   0        0.0002  first", " 499           0.1  highest", " 500           0.1  turning point",
      "2500      0.089457", "5000      0.054129", "7500     0.0161359", "9999   2.73396e-09  lowest, last",
    ]
    #expect(Array(lines[11...].prefix(7)) == rows)
  }

  @Test func theNotationIsShownInItsUsualForm() throws {
    let result = try run("cosine( from=0.1,over: 1k )")
    #expect(result.output.hasPrefix("cosine(0.1 -> 0, 1000)\n1000 steps, complete after 1000\n"))
  }

  @Test(arguments: [
    ("0.1", 1_000, "1000 steps, constant"), ("noam(512)", 1_000, "1000 steps, without an end"),
    ("linear(1 -> 0, 7)", 7, "7 steps, complete after 7"), ("linear(1 -> 0, 1)", 1, "1 step, complete after 1"),
  ])
  func withoutAnyTheStepsAreThoseOfTheSchedule(_ notation: String, _ steps: Int, _ said: String) throws {
    #expect(try run(notation).output.contains(said))
    #expect(try lines(run(notation, "--csv").output).count == steps + 2)
  }

  @Test(arguments: [1, 7, 10_000])
  func valuesArePrintedWithAllTheirBits(_ every: Int) throws {
    let schedule = try Schedule(notation: Self.example)
    let result = try run(Self.example, "--csv", "--every", "\(every)")
    #expect(result.exitCode == 0 && result.errors == "")
    let rows = lines(result.output).dropLast()
    #expect(rows.first == "step,value")
    let values = rows.dropFirst().map { $0.split(separator: ",") }
    #expect(values.map { Int($0[0])! } == Array(stride(from: 0, to: 10_000, by: every)))
    for row in values {
      #expect(Double(row[1])!.bitPattern == schedule(Int(row[0])!).bitPattern)
    }
  }

  private struct Report: Decodable {
    let notation: String
    let steps: Int
    let duration: Int?
    let warnings: [String]
    let completedSteps: [Int]
    let values: [Double]
  }

  @Test func jsonSaysAllOfIt() throws {
    let result = try run("cosine(0.1,  90)", "--steps", "45000", "--json", "--every", "15000")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    let schedule = Schedule.cosine(from: 0.1, over: 90)
    #expect(report.notation == "cosine(0.1 -> 0, 90)" && report.steps == 45_000 && report.duration == 90)
    #expect(report.completedSteps == [0, 15_000, 30_000] && report.values == schedule.preview([0, 15_000, 30_000]))
    #expect(report.warnings == schedule.lint(totalSteps: 45_000).map(\.description) && report.warnings.count == 1)
    #expect(result.errors == "warning: \(report.warnings[0])\n")
    #expect(result.exitCode == 0)
    let endless = try run("noam(512)", "--json", "--steps", "2")
    #expect(endless.output.contains("\"duration\":null"))
  }

  @Test func everyKthStepIsShownInTheTableToo() throws {
    let result = try run("linear(1 -> 0, 10)", "--every", "3")
    #expect(
      lines(result.output).suffix(6) == [
        "step         value", "   0             1", "   3           0.7", "   6           0.4",
        "   9           0.1  last", "",
      ])
  }

  /// A row of the chart is as high as the values are: a constant fills it, a linear fall is a staircase.
  @Test func theChartShowsTheCourse() throws {
    func chart(_ notation: String) throws -> [String] { Array(lines(try run(notation).output)[3..<8]) }
    let constant = try chart("0.25")
    #expect(constant.allSatisfy { $0.hasSuffix(String(repeating: "█", count: 64)) })
    // 40 columns of one step each; the height falls by an eighth of a row from column to column.
    #expect(
      try chart("linear(1 -> 0, 40)")
        == [
          "1 █▇▆▅▄▃▂▁" + String(repeating: " ", count: 32),
          "  " + String(repeating: "█", count: 9) + "▇▆▅▄▃▂▁" + String(repeating: " ", count: 24),
          "  " + String(repeating: "█", count: 17) + "▇▆▅▄▃▂▁" + String(repeating: " ", count: 16),
          "  " + String(repeating: "█", count: 25) + "▇▆▅▄▃▂▁" + String(repeating: " ", count: 8),
          "0 " + String(repeating: "█", count: 33) + "▇▆▅▄▃▂▁",
        ])
    // A momentum is drawn between its lowest and highest value.
    let momentum = try chart("oneCycleMomentum(100)")
    #expect(momentum[0].hasPrefix("0.95 █") && momentum[4].hasPrefix("0.85 █"))
  }

  @Test(arguments: [
    "0.1", "cosine(0.1, 9223372036854775807)", "cyclic(0 -> 1.7976931348623157e308)",
    "warmup(9223372036854775806) then 1",
    "repeat(step(1, 2), 3)", "0", "1e-320", "milestones(1, at [4611686018427387904])",
  ])
  func theLongestRunIsShown(_ notation: String) throws {
    let result = try run(notation, "--steps", "9223372036854775807")
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output.contains("9223372036854775806"))
    #expect(try run(notation, "--steps", "1").exitCode == 0)
  }

  // MARK: - Refusals

  @Test(arguments: [
    ("cosine(0.1 0, 9500)", "expected \")\" or \",\" at column 12, but there is \"0\"", 12),
    ("cosin(0.1 -> 0, 9500)", "no schedule is called \"cosin\", at column 1; did you mean \"cosine\"?", 1),
    ("warmup(500) then cosine(0.1 -> 0, 0)", "over of cosine at column 35 is 0, but must be at least 1", 35),
    ("0.1 then 0.01", "what \"then\" at column 5 follows has no end of its own", 5),
    ("", "expected a schedule at column 1, but there is the end", 1),
  ])
  func aMistakeIsShownWithItsPlace(_ notation: String, _ said: String, _ column: Int) throws {
    let result = try run(notation)
    #expect(result.exitCode == 64 && result.output == "")
    let lines = lines(result.errors)
    #expect(lines[0].contains(said), "\(result.errors)")
    #expect(lines[1] == "  \(notation)")
    #expect(lines[2] == String(repeating: " ", count: column + 1) + "^")
    #expect(lines[3].contains("descent schedule"))
  }

  @Test(arguments: [
    ([], "--list"), (["0.1", "--steps", "0"], "--steps is 0"), (["0.1", "--every", "0"], "--every is 0"),
    (["0.1", "--csv", "--json"], "not both"), (["0.1", "--list"], "leave out"),
    (["0.1", "--csv", "--steps", "100000000"], "--every 10"),
    (["0.1", "--every", "1", "--steps", "100001"], "--every 2"),
    (["0.1", "--steps", "many"], "many"),
  ])
  func aWrongCallIsRefused(_ arguments: [String], _ said: String) throws {
    let result = try Command.run(["schedule"] + arguments)
    #expect(result.exitCode == 64 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  // MARK: - All kinds

  @Test func theListHasALineForEveryKind() throws {
    let result = try run("--list")
    #expect(result.exitCode == 0)
    let lines = lines(result.output).filter { $0.hasPrefix("  ") }
    #expect(lines.count == Schedule.kindNames.count)
    for (line, kind) in zip(lines, Schedule.examples) {
      #expect(line.hasPrefix("  \(kind.form)  ") && line.hasSuffix("  \(kind.example.formula)"))
    }
  }

  @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"))
  func theGalleryHasAPanelForEveryKind() throws {
    try withTemporaryDirectory { directory in
      let result = try run("--gallery", "all kinds.svg", in: directory)
      #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
      let picture = try String(contentsOf: directory.appending(path: "all kinds.svg"), encoding: .utf8)
      for kind in Schedule.kindNames { #expect(picture.contains(">\(kind)</"), "\(kind) is missing") }
    }
  }

  @Test(
    .enabled(if: hasGnuplot, "gnuplot is not installed"), arguments: ["a_b.svg", "it's `touch owned`.svg", "x\\y.svg"])
  func aPictureIsDrawnUnderAnyName(_ name: String) throws {
    try withTemporaryDirectory { directory in
      let result = try run(Self.example, "--plot", name, in: directory)
      #expect(result.exitCode == 0 && result.output.hasPrefix(Self.example), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [name])
      let picture = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
      #expect(picture.contains("warmup(500) then cosine(0.1 -> 0, 9500)") && picture.contains("completed steps"))
    }
  }

  @Test(
    .enabled(if: hasGnuplot, "gnuplot is not installed"),
    arguments: [
      ["0"], ["0.1", "--steps", "1"], ["noam(512)", "--steps", "9223372036854775807"], ["1.7976931348623157e308"],
      ["1e-320"],
    ])
  func anythingCanBeDrawn(_ arguments: [String]) throws {
    try withTemporaryDirectory { directory in
      let result = try Command.run(["schedule"] + arguments + ["--plot", "x.svg"], in: directory)
      #expect(result.exitCode == 0, "\(result.errors)")
    }
  }

  @Test func withoutGnuplotAPictureNamesTheInstallCommand() throws {
    for arguments in [["0.1", "--plot", "x.svg"], ["--gallery", "x.svg"]] {
      let result = try Command.run(["schedule"] + arguments, environment: ["PATH": "/nowhere"])
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.contains("apt-get install gnuplot-nox"))
    }
  }
}
