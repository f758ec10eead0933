// `descent recommend` as a new user runs it.

import Foundation
import TestSupport
import Testing

@Suite struct RecommendTests {
  struct Case: CustomTestStringConvertible {
    let data: String
    let model: String
    /// How many standard errors above the best of the grid the loss may be.
    let limit: Double
    var options: [String] = []

    var path: String { "\(TuneTests.data)/\(data).csv" }
    var testDescription: String { ([data, model] + options).joined(separator: " ") }

    // The features of breast_cancer differ by a factor of 200,000: as they are, a thousand steps reach no minimum, and
    // what counts is that the rate is of the right size and said to be small for some.
    static let all = [
      Case(data: "diabetes", model: "linear", limit: 0.5),
      Case(data: "breast_cancer", model: "logistic", limit: 0.5),
      Case(data: "digits", model: "softmax", limit: 0.5),
      Case(data: "diabetes", model: "linear", limit: 0.5, options: ["--as-is"]),
      Case(data: "breast_cancer", model: "logistic", limit: 4, options: ["--as-is"]),
      Case(data: "digits", model: "softmax", limit: 0.5, options: ["--as-is"]),
    ]
  }

  private struct Report: Decodable {
    struct Item: Decodable {
      let name: String
      let value: String
      let reason: String
    }
    struct Comparison: Decodable {
      let gridRates: Int
      let bestRate: Double
      let bestLoss: Double
      let bestStandardError: Double
      let loss: Double?
      let rateRatio: Double
      let standardErrors: Double?
    }
    let items: [Item]
    let learningRate: Double
    let command: String
    let comparison: Comparison?

    subscript(name: String) -> Item? { items.first { $0.name == name } }
  }

  private func run(_ arguments: [String], in directory: URL? = nil) throws -> CommandResult {
    try Command.run(["recommend"] + arguments, in: directory)
  }

  private func report(_ arguments: [String]) throws -> Report {
    let result = try run(arguments + ["--json"])
    #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test(arguments: Case.all)
  func theRateIsAboutAsGoodAsTheBestOfAGrid(_ one: Case) throws {
    let report = try report([one.path, "--model", one.model, "--compare"] + one.options)
    let comparison = try #require(report.comparison)
    let loss = try #require(comparison.loss)
    let errors = (loss - comparison.bestLoss) / comparison.bestStandardError
    #expect(comparison.gridRates == 11)
    #expect(try #require(comparison.standardErrors) == errors && errors <= one.limit, "\(comparison)")
    #expect((0.1...10).contains(comparison.rateRatio))
    #expect(abs(comparison.rateRatio - report.learningRate / comparison.bestRate) <= 1e-12 * comparison.rateRatio)
  }

  /// The comparison is what `descent tune` says of the same fit.
  @Test func theComparisonIsThatOfASearch() throws {
    let report = try report([Case.all[2].path, "--model", "softmax", "--compare"])
    var words = report.command.split(separator: " ").map(String.init)
    words[1] = "tune"
    words[words.count - 1] += ",\(try #require(report.comparison).bestRate)"
    struct Search: Decodable {
      struct Candidate: Decodable { let learningRate, loss: Double }
      let candidates: [Candidate]
    }
    let search = try Command.run(words.dropFirst() + ["--json"])
    let candidates = try JSONDecoder().decode(Search.self, from: Data(search.output.utf8)).candidates
    #expect(candidates.first { $0.learningRate == report.learningRate }?.loss == report.comparison?.loss)
    #expect(candidates.first { $0.learningRate == report.comparison?.bestRate }?.loss == report.comparison?.bestLoss)
  }

  @Test(arguments: Case.all)
  func theSameDataGiveTheSameAnswerAndItsCommandRuns(_ one: Case) throws {
    let arguments = [one.path, "--model", one.model] + one.options
    let text = try run(arguments)
    #expect(try text.exitCode == 0 && run(arguments).output == text.output, "\(text.errors)")
    let report = try report(arguments)
    #expect(
      report.items.map(\.name).sorted()
        == ["batch size", "clip norm", "epochs", "features", "learning rate", "rates", "schedule"])
    for item in report.items {
      #expect(text.output.contains("\(item.value): \(item.reason)\n") && !item.reason.isEmpty)
    }
    #expect(text.output.hasSuffix("fit with it     \(report.command)\n"))
    #expect(report.command.contains(" --standardize ") == one.options.isEmpty)
    let fit = try Command.run(report.command.split(separator: " ").dropFirst().map(String.init) + ["--quiet"])
    #expect(fit.exitCode == 0 && fit.output.contains("objective"), "\(fit.errors)")
  }

  @Test func whatIsSettledStays() throws {
    let report = try report(
      [Case.all[1].path, "--model", "logistic", "--batch-size", "16", "--epochs", "7", "--standardize", "--l2", "0.01"])
    #expect(report["batch size"]?.value == "16" && report["epochs"]?.value == "7")
    for name in ["batch size", "epochs", "features"] { #expect(report[name]?.reason == "as you asked for") }
    for option in ["--batch-size 16", "--epochs 7", "--standardize", "--l2 0.01"] {
      #expect(report.command.contains(option))
    }
  }

  @Test func rowsThatAreOneBatchAreTakenAtOnce() throws {
    try withTemporaryDirectory { directory in
      let rows = (1...20).map { "\($0),\($0 > 10 || $0 % 3 == 0 ? 1 : 0)\n" }.joined()
      let file = directory.appending(path: "data.csv")
      try Data(("a,y\n" + rows).utf8).write(to: file)
      let report = try report([file.path, "--model", "logistic"])
      #expect(report["batch size"]?.value == "all 20 rows" && !report.command.contains("--batch-size"))
    }
  }

  @Test(arguments: [
    (nil, "nowhere.csv"), ("a,y\n1,x\n", "data.csv:2: column 2"),
    ("a,y\n1,2\n2,3\n", "2 rows can say nothing about a rate"),
    ("a,y\n" + (1...12).map { "\($0),5\n" }.joined(), "all targets are 5.0, so there is nothing to learn"),
    ("a,y\n" + (1...3).map { _ in "1,1\n-1,1\n1,-1\n-1,-1\n" }.joined(), "the loss never fell below its first values"),
  ])
  func whereTheDataSayNothingNothingIsGuessed(_ content: String?, _ said: String) throws {
    try withTemporaryDirectory { directory in
      if let content { try Data(content.utf8).write(to: directory.appending(path: "data.csv")) }
      let result = try run([content == nil ? "nowhere.csv" : "data.csv", "--model", "linear"], in: directory)
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.contains(said), "\(result.errors)")
    }
  }

  @Test func featuresWithoutASizeHaveNoRate() throws {
    try withTemporaryDirectory { directory in
      try Data(("a,y\n" + (1...12).map { "0,\($0)\n" }.joined()).utf8).write(to: directory.appending(path: "data.csv"))
      let result = try run(["data.csv", "--model", "linear", "--no-intercept"], in: directory)
      #expect(
        result.exitCode == 1 && result.errors.contains("the curvature of the objective is 0.0"), "\(result.errors)")
    }
  }

  @Test(arguments: [
    (["--as-is", "--standardize"], 64, "not both"), (["--epochs", "0"], 64, "--epochs is 0"),
    (["--batch-size", "0"], 64, "--batch-size is 0"),
    (["--learning-rate", "1"], 64, "descent recommend has no option --learning-rate"),
    (["--target", "height"], 1, "height"),
  ])
  func aWrongCallIsRefused(_ options: [String], _ exitCode: Int32, _ said: String) throws {
    let result = try run([Case.all[0].path, "--model", "linear"] + options)
    #expect(result.exitCode == exitCode && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }
}
