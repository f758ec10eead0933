// `--dump-config` and `--config`: a run in a file.

import Foundation
import TestSupport
import Testing

@Suite struct ConfigurationTests {
  private static let data = ReferenceFile.repository.appending(path: "Examples/Data").path
  private static let diabetes = ["\(data)/diabetes.csv", "--model", "linear"]

  private func output(_ arguments: [String], input: String = "") throws -> String {
    let result = try Command.run(arguments, input: input)
    #expect(result.exitCode == 0, "\(result.errors)")
    return result.output
  }

  /// Everything but the time that it took.
  private func summary(_ arguments: [String], input: String = "") throws -> [String] {
    try output(arguments + ["--json"], input: input).split(separator: "\n").filter { !$0.contains("\"seconds\"") }
      .map(String.init)
  }

  @Test(arguments: [
    diabetes, diabetes + ["--standardize", "--no-intercept", "--l2", "0.1", "--test-fraction", "0.3", "--seed", "7"],
    diabetes + ["--standardize", "--test-every", "5", "--test-offset", "2", "--batch-size", "64", "--nesterov"],
    diabetes + ["--standardize", "--schedule", "random", "--rate-cap", "inf", "--learning-rate", "1e-3"],
    diabetes + [
      "--standardize", "--optimizer", "adam", "--set", "beta2=0.95", "--set", "beta1=0.8", "--clip-norm", "1",
    ],
    diabetes + ["--standardize", "--schedule", "warmup(20) then cosine(0.1 -> 1e-3, 180)", "--weight-decay", "1e-3"],
    [
      "\(data)/digits.csv", "--model", "softmax", "--standardize", "--batch-size", "100", "--epochs", "3", "--seed",
      "18446744073709551615", "--learning-rate", "0.1", "--backend", "kernels", "--threads", "1", "--clip-value",
      "0.01",
    ],
  ])
  func theSameRunFromAFile(_ arguments: [String]) throws {
    let configuration = try output(["fit"] + arguments + ["--dump-config"])
    let direct = try summary(["fit"] + arguments)
    #expect(direct.count >= 20)
    #expect(try summary(["fit", "--config", "-"], input: configuration) == direct)
    #expect(try output(["fit", "--config=-", "--dump-config"], input: configuration) == configuration)
  }

  /// Every option that the help has is in the file, defaults included.
  @Test(arguments: ["fit", "tune"]) func everyOptionIsInTheFile(_ name: String) throws {
    let configuration = try output([name] + Self.diabetes + ["--dump-config"])
    let values = try #require(try JSONSerialization.jsonObject(with: Data(configuration.utf8)) as? [String: Any])
    let help = try output(["help", name]).split(separator: "\n")
    let named = help.compactMap { $0.firstMatch(of: /^  (?:-., )?--([a-z0-9-]+)/).map { String($0.1) } }
    let others: Set = ["config", "dump-config", "help", "version", "generate-completion-script"]
    #expect(Set(named).subtracting(others) == Set(values.keys).subtracting(["command", "data"]))
    #expect(values["epochs"] as? Int == 200 && values["command"] as? String == name)
    #expect(values["target"] is NSNull && values["intercept"] as? Bool == true)
  }

  @Test func aSearchIsRepeatedToo() throws {
    let search =
      Self.diabetes + [
        "--standardize", "--learning-rate", "1e-3..1", "--points", "3", "--folds", "3", "--epochs", "5", "--fold-kind",
        "contiguous",
      ]
    let configuration = try output(["tune"] + search + ["--dump-config"])
    let direct = try output(["tune"] + search + ["--json"])
    #expect(try output(["tune", "--config", "-", "--json"], input: configuration) == direct)
  }

  @Test func whatIsTypedGoesBeforeTheFile() throws {
    let configuration = try output(
      ["fit"] + Self.diabetes + ["--standardize", "--no-intercept", "--nesterov", "--epochs", "7", "--dump-config"])
    let typed = try summary(
      ["fit", "--config", "-", "--epochs", "9", "--no-standardize", "--intercept", "--no-nesterov"],
      input: configuration)
    #expect(try typed == summary(["fit"] + Self.diabetes + ["--epochs", "9"]))
    let other = "\(Self.data)/breast_cancer.csv"
    #expect(
      try summary(["fit", other, "--config", "-", "--model", "logistic"], input: configuration)
        == summary(
          ["fit", other, "--model", "logistic", "--standardize", "--no-intercept", "--nesterov", "--epochs", "7"]))
  }

  @Test(arguments: [
    ("{\"epoch\": 3}", "there is no option \"epoch\" to be 3; did you mean \"epochs\"?"),
    ("{\"zzz\": \"x\"}", "there is no option \"zzz\" to be \"x\"; keys are the long names"),
    ("{\"epochs\": \"many\"}", "\"epochs\" is \"many\"; it takes a whole number"),
    ("{\"epochs\": 2.5}", "\"epochs\" is 2.5; it takes a whole number"),
    ("{\"standardize\": 1}", "\"standardize\" is 1; it takes true or false"),
    ("{\"model\": \"liner\"}", "\"model\" is \"liner\"; it takes one of \"linear\", \"logistic\", \"softmax\""),
    ("{\"l2\": [1]}", "\"l2\" is [1]; it takes a number"), ("{\"target\": 3}", "\"target\" is 3; it takes a text"),
    ("{\"bias\": [1, 2, 3, 4, 5]}", "there is no option \"bias\" to be an array of 5;"),
    ("{\"set\": {\"beta2\": 1}}", "\"set\" is an object; it takes an array of texts"),
    ("{\"command\": \"tune\"}", "belongs to descent tune, not to descent fit"), ("[1]", "not a JSON object"),
    ("epochs = 3", "not a JSON object"), ("{\"epochs\": 0}", "--epochs is 0; it must be at least 1"),
  ])
  func aMistakeInTheFileIsNamed(_ text: String, _ said: String) throws {
    let result = try Command.run(["fit"] + Self.diabetes + ["--config", "-"], input: text)
    #expect(result.exitCode == 64 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  /// A log is kept by the run of the file, and the next run says how to keep another.
  @Test func aRunThatIsLoggedIsRepeated() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String], _ input: String) throws -> CommandResult {
        try Command.run(["fit", "--config", "-"] + arguments, in: folder, input: input)
      }
      func log(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      }
      let arguments = Self.diabetes + ["--standardize", "--epochs", "5", "--log", "run.jsonl", "--log-every", "2"]
      let configuration = try Command.run(["fit"] + arguments + ["--dump-config"], in: folder).output
      #expect(configuration.contains("\"log\" : \"run.jsonl\"") && configuration.contains("\"log-every\" : 2"))
      #expect(try run([], configuration).exitCode == 0)
      let first = try log("run.jsonl")
      #expect(first.split(separator: "\n").count == 1 + 3)

      let again = try run([], configuration)
      #expect(again.exitCode == 64 && again.output == "")
      #expect(
        again.errors.contains(
          "--log run.jsonl exists already and is not written over; remove it, or type another --log, which goes before that "
            + "of --config"), "\(again.errors)")
      #expect(try log("run.jsonl") == first)
      #expect(try run(["--dump-config"], configuration).output == configuration)
      #expect(try run(["--log", "other.jsonl"], configuration).exitCode == 0)
      #expect(try log("other.jsonl") == first)
    }
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let result = try Command.run(["fit", "--config", "nowhere.json"])
    #expect(result.exitCode == 64 && result.errors.contains("--config nowhere.json"), "\(result.errors)")
  }
}
