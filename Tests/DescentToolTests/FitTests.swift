// `descent fit` as a new user runs it.

import Descent
import Foundation
import TestSupport
import Testing

@Suite struct FitTests {
  private static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/Data")
    .standardizedFileURL.path

  private struct Summary: Decodable {
    let objective: Double
    let trainCorrect: Int?
    let testCorrect: Int?
    let testRows: Int?
    let steps: Int
    let clippedSteps: Int
    let updatePath: String
    let optimizer: String
  }

  private func summary(_ arguments: [String]) throws -> Summary {
    let result = try Command.run(["fit"] + arguments + ["--json"])
    #expect(result.exitCode == 0, "\(result.errors)")
    return try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
  }

  @Test(arguments: RealDataCase.all.filter { $0.preparation.hasPrefix("every column") })
  func aFullBatchFitReachesTheKnownMinimum(_ fit: RealDataCase) throws {
    let name = fit.data.replacingOccurrences(of: "data_", with: "")
    let model = ["diabetes.csv": "linear", "breast_cancer.csv": "logistic", "digits.csv": "softmax"][name]
    var arguments = [
      "\(Self.data)/\(name)", "--model", try #require(model), "--standardize", "--l2", "\(fit.lambda)", "--epochs",
      "3000",
    ]
    if fit.rows != "all" {
      let offset = try #require(fit.rows.firstMatch(of: /!= ([0-4])/)?.1)
      arguments += ["--test-every", "5", "--test-offset", String(offset)]
    }
    let summary = try summary(arguments)
    #expect(abs(summary.objective - fit.minimum) <= 1e-6)
    #expect(summary.trainCorrect == fit.correct)
    #expect(summary.testCorrect == fit.testCorrect)
  }

  private static let digits = [
    "\(data)/digits.csv", "--model", "softmax", "--standardize", "--l2", "0.0265", "--test-every", "5", "--batch-size",
    "64",
    "--learning-rate", "0.05", "--schedule", "cosine", "--warmup", "100", "--clip-norm", "0.5", "--seed", "1",
  ]

  @Test func clippedMiniBatchesComeCloseToTheOptimumOfTheDigits() throws {
    let summary = try summary(Self.digits + ["--epochs", "120"])
    #expect(summary.objective - 0.41769765131703707 <= 1e-4)
    #expect(try #require(summary.testCorrect) >= 340)
    #expect(summary.testRows == 360)
    #expect(summary.clippedSteps > 0)
    #expect(summary.steps == 23 * 120)
  }

  /// Every rule of the catalogue brings the loss of the breast-cancer data down, most with the rate that it begins with.
  @Test(arguments: RuleCatalogue.all.map(\.name)) func everyRuleFits(_ name: String) throws {
    var arguments = [
      "\(Self.data)/breast_cancer.csv", "--model", "logistic", "--standardize", "--batch-size", "64", "--epochs", "20",
      "--optimizer", name,
    ]
    // 180 steps are few for a rate that is meant for networks, or that is relative to weights that begin at zero.
    let rates = ["lion": "0.003", "radam": "0.01", "schedule-free-radam": "0.01", "lamb": "0.05", "adafactor": "0.1"]
    if let rate = rates[name] { arguments += ["--learning-rate", rate] }
    let summary = try summary(arguments)
    // Where nothing is fitted the loss is ln 2.
    // Fromage's steps are in proportion to the weights, so that it hardly leaves zero.
    #expect(summary.objective < (name == "fromage" ? 0.6932 : 0.45), "\(name): \(summary.objective)")
    #expect(summary.optimizer == name)
  }

  @Test func theResultDependsOnTheSeedAndNotOnThreads() throws {
    let short = Self.digits + ["--epochs", "3"]
    let one = try summary(short + ["--threads", "1"])
    let two = try summary(short + ["--threads", "2"])
    let other = try summary(short + ["--seed", "2"])
    #expect(one.objective == two.objective)
    #expect(one.objective != other.objective)
  }

  @Test(arguments: [
    ["--schedule", "linear"], ["--schedule", "polynomial", "--power", "3"],
    ["--schedule", "time-based", "--decay", "0.1"],
    ["--schedule", "plateau", "--patience", "3"],
    ["--schedule", "norm-based", "--rate-cap", "0.1", "--learning-rate", "1"],
    ["--schedule", "random", "--rate-cap", "0.2", "--learning-rate", "0.01"], ["--clip-value", "0.01"],
    ["--nesterov"], ["--momentum", "0"], ["--weight-decay", "0.001"], ["--backend", "kernels"],
    ["--test-fraction", "0.25", "--batch-size", "50"],
  ])
  func everyOptionFits(_ options: [String]) throws {
    let summary = try summary(
      ["\(Self.data)/breast_cancer.csv", "--model", "logistic", "--standardize", "--epochs", "60"] + options)
    // log 2 at the start.
    #expect(summary.objective < 0.3)
  }

  @Test func plainDescentOnBLASIsAnAxpy() throws {
    let arguments = [
      "\(Self.data)/diabetes.csv", "--model", "linear", "--standardize", "--momentum", "0", "--epochs", "9",
    ]
    #expect(try summary(arguments).updatePath == "axpy")
    #expect(try summary(arguments + ["--backend", "kernels"]).updatePath == "kernel")
  }

  @Test(arguments: [
    ("", "empty"), ("a,target\n", "row"), ("a,target\n1,2\n3\n", "bad.csv:3:"),
    ("a,target\n1,2\n3,x\n", "bad.csv:3: column 2"),
    ("a,target\n1,2\nnan,4\n", "bad.csv:3: column 1"), ("a,target\n1,inf\n", "bad.csv:2: column 2"),
    ("a,target\n1,1e400\n", "bad.csv:2: column 2"),
  ])
  func aBadFileIsRefusedWithItsPlace(_ content: String, _ said: String) throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending(path: "bad.csv")
      try Data(content.utf8).write(to: file)
      let result = try Command.run(["fit", file.path, "--model", "linear"])
      #expect(result.exitCode != 0)
      #expect(result.output == "")
      #expect(result.errors.contains("bad.csv"), "\(result.errors)")
      #expect(result.errors.contains(said), "\(result.errors)")
    }
  }

  @Test(arguments: [
    (["nowhere.csv", "--model", "linear"], "nowhere.csv"), (["x.csv"], "--model"),
    (["x.csv", "--model", "linear", "--schedule", "random"], "--rate-cap"),
    (["x.csv", "--model", "linear", "--epochs", "0"], "--epochs"),
    (["DIABETES", "--model", "linear", "--clip-norm=-1"], "-1.0"),
    (["DIABETES", "--model", "linear", "--momentum", "1"], "momentum"),
    (["DIABETES", "--model", "linear", "--optimizer", "adamm"], "adamw"),
    (
      ["DIABETES", "--model", "linear", "--optimizer", "adam", "--momentum", "0.9"],
      "--momentum belongs to the rule sgd"
    ),
    (["DIABETES", "--model", "linear", "--optimizer", "adam", "--set", "betta=0.9"], "beta1, beta2"),
    (["DIABETES", "--model", "linear", "--optimizer", "adam", "--set", "beta2"], "--set"),
    (["DIABETES", "--model", "linear", "--optimizer", "adam", "--set", "beta2=2"], "Adam.beta2"),
    (["DIABETES", "--model", "linear", "--target", "height"], "height"),
    (["DIABETES", "--model", "logistic"], "target"),
    (["DIABETES", "--model", "linear", "--learning-rate", "1"], "Lower the rate"),
  ])
  func aWrongCallIsRefusedByName(_ arguments: [String], _ said: String) throws {
    let arguments = arguments.map { $0 == "DIABETES" ? "\(Self.data)/diabetes.csv" : $0 }
    let result = try Command.run(["fit"] + arguments)
    #expect(result.exitCode != 0)
    #expect(result.errors.contains(said), "\(result.errors)")
    #expect(result.output == "")
  }

  @Test func progressIsPlainLinesWhenPiped() throws {
    let result = try Command.run(
      ["fit", "\(Self.data)/diabetes.csv", "--model", "linear", "--standardize", "--epochs", "20"])
    #expect(result.errors.split(separator: "\n").count == 10)
    #expect(!result.errors.contains("\u{1B}"))
    #expect(result.output.hasPrefix("model           linear, 10 features, 11 parameters, 442 rows\n"))
  }

  @Test func withoutGnuplotAPlotNamesTheInstallCommand() throws {
    let result = try Command.run(
      ["fit", "\(Self.data)/diabetes.csv", "--model", "linear", "--plot", "x.svg"], environment: ["PATH": "/nowhere"])
    #expect(result.exitCode != 0)
    #expect(result.errors.contains("apt-get install gnuplot-nox"))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot"), "gnuplot is not installed"))
  func aPlotAndAModelAreWritten() throws {
    try withTemporaryDirectory { directory in
      let result = try Command.run(
        ["fit"] + Self.digits + ["--epochs", "2", "--plot", "fit.svg", "--save", "model.json"], in: directory)
      #expect(result.exitCode == 0, "\(result.errors)")
      let picture = try String(contentsOf: directory.appending(path: "fit.svg"), encoding: .utf8)
      #expect(picture.contains("<svg") && picture.contains("gradient norm"))
      let model = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: directory.appending(path: "model.json")))
          as? [String: Any])
      #expect(model["format"] as? String == "descent-model/1")
      #expect((model["weights"] as? [Double])?.count == 640)
      #expect((model["bias"] as? [Double])?.count == 10)
      #expect((model["features"] as? [String])?.count == 64)
    }
  }
}
