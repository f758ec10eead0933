// `descent tune --search range` as a new user runs it.

import Foundation
import TestSupport
import Testing

@Suite struct RangeSearchTests {
  private static let hasGnuplot = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")

  private func run(_ arguments: [String], in directory: URL? = nil) throws -> CommandResult {
    try Command.run(["tune"] + arguments + ["--search", "range"], in: directory)
  }

  private struct Report: Decodable {
    struct Reading: Decodable {
      let name: String
      let learningRate: Double?
      let reason: String?
    }
    let learningRates: [Double]
    let losses: [Double]
    let smoothed: [Double]
    let suggestions: [Reading]
    let command: String?
    let end: String
  }

  private func report(_ arguments: [String], exitCode: Int32 = 0) throws -> Report {
    let result = try run(arguments + ["--json"])
    #expect(result.exitCode == exitCode && result.errors == "", "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test(arguments: SearchReference.all.rangeTests)
  func theCurveIsThatOfTheReference(_ reference: SearchReference.Range) throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending(path: "range.csv")
      try Data(reference.csv.utf8).write(to: file)
      let result = try run([
        file.path, "--model", reference.modelName, "--no-intercept", "--momentum", "0", "--learning-rate",
        "\(reference.from)..\(reference.to)", "--points", "\(reference.steps)", "--smoothing", "\(reference.smoothing)",
        "--json",
      ])
      let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
      #expect(report.losses.count == reference.losses.count)
      for (got, expected) in [(report.losses, reference.losses), (report.smoothed, reference.smoothed)] {
        for (a, b) in zip(got, expected) where b < 1e6 { #expect(abs(a - b) <= 1e-9 * abs(b)) }
      }
    }
  }

  @Test func suggestionsAndRefusalsAreSaid() throws {
    let report = try report(TuneTests.digits)
    #expect(report.suggestions.map(\.name) == ["steepest", "minimum / 10", "divergence / 10"])
    for reading in report.suggestions { #expect((reading.learningRate == nil) != (reading.reason == nil)) }
    let steepest = try #require(report.suggestions[0].learningRate)
    #expect((1e-3...1).contains(steepest))
    #expect(try #require(report.command).hasSuffix(" --batch-size 64 --learning-rate \(steepest)"))
    let again = try run(TuneTests.digits)
    #expect(again.output.contains("steepest        0.0") && again.output.contains("batches of 64 of 1797 rows"))
  }

  @Test func aRangeThatIsTooSmallSuggestsNothing() throws {
    let result = try run(TuneTests.diabetes + ["--learning-rate", "1e-12..1e-9"])
    #expect(result.exitCode == 1)
    #expect(result.output.contains("the loss was still falling at the last rate, 1e-09; end with a larger one"))
    #expect(!result.output.contains("fit with it"))
  }

  @Test(arguments: [
    (["--points", "1"], "--points is 1"), (["--smoothing", "1"], "RangeTest.smoothing"),
    (["--passes", "0"], "--passes is 0; it must be at least 1"),
    (["--learning-rate", "0.1,1"], "takes the rates from a range"),
    (["--resume", "x"], "--resume has no effect with --search range"),
  ])
  func aWrongCallIsRefused(_ options: [String], _ said: String) throws {
    let result = try run(TuneTests.diabetes + options)
    #expect(result.exitCode != 0 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"))
  func theCurveIsDrawn() throws {
    try withTemporaryDirectory { directory in
      let result = try run(TuneTests.digits + ["--plot", "x.svg"], in: directory)
      #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
      let picture = try String(contentsOf: directory.appending(path: "x.svg"), encoding: .utf8)
      for text in ["learning rate", "smoothed", "steepest: 0.0"] {
        #expect(picture.contains(text), "\(text) is missing")
      }
    }
  }
}
