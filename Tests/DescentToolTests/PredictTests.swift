// `descent predict` as a new user runs it.

import Foundation
import TestSupport
import Testing

@Suite struct PredictTests {
  private static let data = ReferenceFile.repository.appending(path: "Examples/Data").path

  /// Fits and saves a model in a folder.
  private func fit(_ arguments: [String], in folder: URL) throws {
    let result = try Command.run(["fit"] + arguments + ["--quiet", "--save", "model.json"], in: folder)
    #expect(result.exitCode == 0, "\(result.errors)")
  }

  private func predict(_ arguments: [String], in folder: URL) throws -> CommandResult {
    try Command.run(["predict", "model.json"] + arguments, in: folder)
  }

  private func write(_ text: String, to name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  /// y = 1 + 2 a - b, written by hand with a standardization of its own.
  private static let linear = """
    {"format": "descent-model/1", "model": "linear", "target": "y", "features": ["a", "b"], "l2": 0,
     "standardisation": {"means": [1, 2], "deviations": [2, 4]}, "weights": [4, -4], "bias": [1]}
    """

  @Test func theShiftAndScaleOfTheModelAreApplied() throws {
    try withTemporaryDirectory { folder in
      try write(Self.linear, to: "model.json", in: folder)
      // 1 + 4 (a - 1)/2 - 4 (b - 2)/4
      try write("b,a\n2,1\n6,3\n0,-0.5\n", to: "new.csv", in: folder)
      let result = try predict(["new.csv"], in: folder)
      #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
      #expect(result.output == "y\n1\n1\n0\n")
    }
  }

  @Test func withTheTargetTheScoreIsTold() throws {
    try withTemporaryDirectory { folder in
      try write(Self.linear, to: "model.json", in: folder)
      try write("b,a,y\n2,1,1\n6,3,2\n2,2,3\n", to: "new.csv", in: folder)
      let result = try predict(["new.csv", "-o", "p.csv"], in: folder)
      // Residuals 0, -1, 0; deviations of 1, 2, 3 from 2.
      #expect(result.output == "" && result.errors == "r2 0.5 over 3 rows\n", "\(result.errors)")
      #expect(try String(contentsOf: folder.appending(path: "p.csv"), encoding: .utf8) == "y\n1\n1\n3\n")
      #expect(try predict(["new.csv", "--quiet"], in: folder).errors == "")
    }
  }

  /// log 3 apart: probabilities 1/4 and 3/4, in both notations of two classes, and for softmax.
  @Test(arguments: [
    ("logistic", "", "[1.0986122886681098]", "[0]", "y,p(0),p(1)", "1"),
    ("logistic", "\"classes\": [-1, 1],", "[1.0986122886681098]", "[]", "y,p(-1),p(1)", "1"),
    ("softmax", "", "[0, 1.0986122886681098]", "[0, 0]", "y,p(0),p(1)", "1"),
  ])
  func probabilitiesStandBesideTheClass(
    _ kind: String, _ classes: String, _ weights: String, _ bias: String, _ header: String, _ class: String
  ) throws {
    try withTemporaryDirectory { folder in
      try write(
        """
        {"format": "descent-model/1", "model": "\(kind)", "target": "y", "features": ["a"], "l2": 0, \(classes)
         "weights": \(weights), "bias": \(bias)}
        """, to: "model.json", in: folder)
      try write("a\n1\n-1\n", to: "new.csv", in: folder)
      // One column is no table for a fit, but enough for a model of one feature.
      let result = try predict(["new.csv", "--probabilities"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      try #require(lines.count == 3)
      #expect(lines[0] == header)
      let numbers = lines[1].split(separator: ",").compactMap { Double($0) }
      #expect(lines[1].hasPrefix("\(`class`),"))
      #expect(abs(numbers[1] - 0.25) < 1e-15 && abs(numbers[2] - 0.75) < 1e-15)
      let second = lines[2].split(separator: ",").compactMap { Double($0) }
      #expect(abs(second[1] - 0.75) < 1e-15 && abs(second[2] - 0.25) < 1e-15)
    }
  }

  private struct Report: Decodable {
    let predictions: [Double]
    let probabilities: [[Double]]?
    let scoreValue: Double?
    let correct: Int?
  }
  private struct Summary: Decodable {
    let trainScore: Double
    let trainCorrect: Int?
  }

  @Test(arguments: [("diabetes", "linear"), ("breast_cancer", "logistic"), ("digits", "softmax")])
  func theRowsThatWereFittedHaveTheScoreOfTheFit(_ name: String, _ model: String) throws {
    try withTemporaryDirectory { folder in
      let file = "\(Self.data)/\(name).csv"
      let fit = try Command.run(
        ["fit", file, "--model", model, "--standardize", "--epochs", "20", "--json", "--save", "model.json"], in: folder
      )
      let summary = try JSONDecoder().decode(Summary.self, from: Data(fit.output.utf8))
      let options = model == "linear" ? ["--json"] : ["--json", "--probabilities"]
      let result = try predict([file] + options, in: folder)
      #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
      let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
      #expect(report.correct == summary.trainCorrect)
      #expect(abs(try #require(report.scoreValue) - summary.trainScore) <= 1e-12)
      for row in report.probabilities ?? [] { #expect(abs(row.reduce(0, +) - 1) < 1e-12) }
    }
  }

  @Test func aClassThatTheModelDoesNotKnowCountsAsWrong() throws {
    try withTemporaryDirectory { folder in
      try write("a,y\n-2,0\n-1,0\n1,1\n2,1\n", to: "train.csv", in: folder)
      try fit(["train.csv", "--model", "logistic"], in: folder)
      try write("a,y\n-2,0\n2,7\n", to: "new.csv", in: folder)
      let result = try predict(["new.csv"], in: folder)
      #expect(result.exitCode == 0 && result.output == "y\n0\n1\n")
      #expect(
        result.errors == "accuracy 50.00 % (1 of 2); 1 have a class that the model does not know, such as 7.0\n",
        "\(result.errors)")
    }
  }

  @Test(arguments: [
    ("a,c\n1,2\n", [], "there is no column \"b\""), ("a,b,id\n1,2,3\n", [], "\"id\"; remove it"),
    ("a,b\n1,x\n", [], "new.csv:2: column 2 (\"b\"): \"x\" is not a number"),
    ("a,b\n", [], "no rows below the column names"),
    ("a,b\n1,2\n", ["--probabilities"], "--probabilities is for logistic and softmax"),
  ])
  func dataThatDoNotFitTheModelAreRefused(_ text: String, _ options: [String], _ said: String) throws {
    try withTemporaryDirectory { folder in
      try write(Self.linear, to: "model.json", in: folder)
      try write(text, to: "new.csv", in: folder)
      let result = try predict(["new.csv"] + options, in: folder)
      #expect(result.exitCode != 0 && result.output == "")
      #expect(result.errors.contains(said), "\(result.errors)")
      if said.contains("id") {
        #expect(try predict(["new.csv", "--ignore-other-columns"], in: folder).output == "y\n1\n")
      }
    }
  }

  @Test(arguments: [
    ("a,b\n1,2\n", "is not a model: it is no JSON object"), ("{}", "\"format\" is missing"),
    (linear.replacingOccurrences(of: "model/1", with: "model/9"), "has the format \"descent-model/9\""),
    (linear.replacingOccurrences(of: "[4, -4]", with: "[4]"), "\"weights\": it has 1 numbers where 2 are needed"),
    (linear.replacingOccurrences(of: "[4, -4]", with: "\"4\""), "\"weights\": "),
    (linear.replacingOccurrences(of: "[2, 4]", with: "[2, 0]"), "a deviation is not positive"),
    (linear.replacingOccurrences(of: "[\"a\", \"b\"]", with: "[\"a\", \"a\"]"), "the column \"a\" occurs twice"),
    (linear.replacingOccurrences(of: "\"linear\"", with: "\"cubic\""), "\"model\": "),
  ])
  func whatIsNoModelIsRefused(_ text: String, _ said: String) throws {
    try withTemporaryDirectory { folder in
      try write(text, to: "model.json", in: folder)
      try write("a,b\n1,2\n", to: "new.csv", in: folder)
      let result = try predict(["new.csv"], in: folder)
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.hasPrefix("Error: model.json") && result.errors.contains(said), "\(result.errors)")
    }
  }
}
