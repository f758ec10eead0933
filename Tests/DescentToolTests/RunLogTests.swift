// `descent fit --log` as a new user runs it.

import Foundation
import TestSupport
import Testing

@Suite struct RunLogTests {
  private static let data = ReferenceFile.repository.appending(path: "Examples/Data").path
  private static let digits = [
    "\(data)/digits.csv", "--model", "softmax", "--standardize", "--test-every", "5", "--batch-size", "64",
    "--clip-norm",
    "0.5", "--learning-rate", "0.05", "--epochs", "2",
  ]

  private struct Header: Decodable, Equatable {
    let format: String
    let command: String
    let data: String
    let model: String
    let optimizer: String
    let settings: [String: String]
  }

  private struct Row: Decodable, Equatable {
    let step: Int
    let epoch: Int
    let loss: Double
    let learningRate: Double
    let gradientNorm: Double
    let clipFactor: Double
    let updateNorm: Double
  }

  /// The lines of a log; all must have an end.
  private func read(_ file: URL) throws -> (header: Header, rows: [Row]) {
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.hasSuffix("\n"))
    let lines = text.split(separator: "\n").map { Data($0.utf8) }
    return (
      try JSONDecoder().decode(Header.self, from: #require(lines.first)),
      try lines.dropFirst().map { try JSONDecoder().decode(Row.self, from: $0) }
    )
  }

  private func fit(_ arguments: [String], in directory: URL) throws -> CommandResult {
    let result = try Command.run(["fit"] + arguments, in: directory)
    #expect(result.exitCode == 0, "\(result.errors)")
    return result
  }

  @Test func aLogHasTheRunAndEveryStep() throws {
    try withTemporaryDirectory { directory in
      let result = try fit(
        Self.digits + ["--optimizer", "adamw", "--set", "beta1=0.8", "--set", "beta2=0.9", "--log", "run.jsonl"],
        in: directory)
      let (header, rows) = try read(directory.appending(path: "run.jsonl"))
      #expect(
        header
          == Header(
            format: "descent-run/1",
            command: "descent fit \(Self.data)/digits.csv --model softmax --standardize --test-every 5 --epochs 2 "
              + "--batch-size 64 --clip-norm 0.5 --optimizer adamw --set beta1=0.8 --set beta2=0.9 --learning-rate 0.05",
            data: "\(Self.data)/digits.csv", model: "softmax", optimizer: "adamw",
            settings: [
              "standardize": "true", "test-every": "5", "epochs": "2", "batch-size": "64", "clip-norm": "0.5",
              "set": "beta1=0.8 beta2=0.9", "learning-rate": "0.05",
            ]))
      #expect(rows.map(\.step) == Array(1...46))
      #expect(rows.map(\.epoch) == Array(repeating: 1, count: 23) + Array(repeating: 2, count: 23))
      #expect(abs(rows[0].loss - log(10)) < 1e-12)
      #expect(rows[45].loss < 0.5 * rows[0].loss)
      #expect(rows.allSatisfy { $0.learningRate == 0.05 && $0.updateNorm > 0 })
      // What was clipped was clipped to the limit.
      let clipped = rows.filter { $0.clipFactor < 1 }
      #expect(clipped.allSatisfy { abs($0.gradientNorm * $0.clipFactor - 0.5) < 1e-12 })
      #expect(result.output.contains("46 in 2 epochs, \(clipped.count) of them clipped"))
    }
  }

  @Test func aLogChangesNothing() throws {
    try withTemporaryDirectory { directory in
      func objective(_ arguments: [String]) throws -> Double {
        let output = try fit(Self.digits + ["--json"] + arguments, in: directory).output
        let summary = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(summary?["objective"] as? Double)
      }
      let (unlogged, logged) = (try objective([]), try objective(["--log", "run.jsonl"]))
      #expect(unlogged == logged)
    }
  }

  @Test func everySoManyStepsAreKept() throws {
    try withTemporaryDirectory { directory in
      _ = try fit(Self.digits + ["--log", "all.jsonl"], in: directory)
      _ = try fit(Self.digits + ["--log", "some.jsonl", "--log-every", "10"], in: directory)
      let all = try read(directory.appending(path: "all.jsonl")).rows
      let some = try read(directory.appending(path: "some.jsonl")).rows
      #expect(some.map(\.step) == [1, 10, 20, 30, 40])
      #expect(some == all.filter { [1, 10, 20, 30, 40].contains($0.step) })
    }
  }

  @Test func aRunThatIsKilledLeavesItsSteps() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "run.jsonl")
      let result = try Command.run(
        ["fit", "\(Self.data)/diabetes.csv", "--model", "linear", "--standardize", "--epochs", "100000000", "--quiet"]
          + ["--log", log.path], in: directory
      ) { process in
        var size = 0
        for _ in 0..<3000 where size < 20_000 {
          usleep(10_000)
          size = (try? Data(contentsOf: log).count) ?? 0
        }
        kill(process, SIGKILL)
      }
      #expect(result.exitCode == SIGKILL && !result.ranOutOfTime)
      let rows = try read(log).rows
      #expect(rows.count > 100)
      #expect(rows.map(\.step) == Array(1...rows.count))
    }
  }

  /// What the header says repeats the run, also where a value looks like an option.
  @Test func theCommandOfALogRepeatsTheRun() throws {
    try withTemporaryDirectory { directory in
      try Data("a,--y\n1,2\n2,3\n4,9\n".utf8).write(to: directory.appending(path: "own rows.csv"))
      let options = [
        "--model", "linear", "--target=--y", "--no-intercept", "--l2", "0.1", "--epochs", "3", "--nesterov",
      ]
      _ = try fit(["own rows.csv"] + options + ["--log", "one.jsonl"], in: directory)
      let (header, rows) = try read(directory.appending(path: "one.jsonl"))
      #expect(
        header.settings == ["target": "--y", "no-intercept": "true", "l2": "0.1", "epochs": "3", "nesterov": "true"])
      let again = try Command.run(
        [
          "-c",
          header.command.replacingOccurrences(of: "descent fit", with: "'\(Command.descent.path)' fit")
            + " --log two.jsonl",
        ],
        in: directory, executable: URL(filePath: "/bin/sh"))
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(try read(directory.appending(path: "two.jsonl")) == (header, rows))
    }
  }

  @Test func aStepThatIsRefusedHasNoLine() throws {
    try withTemporaryDirectory { directory in
      let result = try Command.run(
        ["fit", "\(Self.data)/diabetes.csv", "--model", "linear", "--learning-rate", "1e300", "--log", "run.jsonl"],
        in: directory)
      #expect(result.exitCode == 1 && result.errors.contains("step 2 was not taken"), "\(result.errors)")
      let lines = try String(contentsOf: directory.appending(path: "run.jsonl"), encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 2 && lines[1].contains("\"step\":1,") && lines[1].contains("\"updateNorm\":\"inf\""))
    }
  }

  @Test func aLogCanGoIntoAPipe() throws {
    try withTemporaryDirectory { directory in
      let pipe = directory.appending(path: "pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      let command =
        "cat pipe > kept & exec '\(Command.descent.path)' fit '\(Self.data)/diabetes.csv' --model linear "
        + "--epochs 4 --log pipe"
      let result = try Command.run(["-c", command], in: directory, executable: URL(filePath: "/bin/sh"))
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try read(directory.appending(path: "kept")).rows.map(\.step) == [1, 2, 3, 4])
    }
  }

  @Test(arguments: [
    (
      ["--log", "there.jsonl"],
      "--log there.jsonl exists already and is not written over; remove it, or name another file"
    ), (["--log", "."], "--log . is a folder; name a file in it"),
    (["--log-every", "2"], "--log-every needs --log"),
    (["--log", "new.jsonl", "--log-every", "0"], "--log-every is 0; it must be at least 1"),
    (["--log", "nowhere/new.jsonl"], "--log nowhere/new.jsonl: there is no folder"),
  ])
  func aWrongCallIsRefused(_ arguments: [String], _ said: String) throws {
    try withTemporaryDirectory { directory in
      let there = directory.appending(path: "there.jsonl")
      try Data("mine\n".utf8).write(to: there)
      let result = try Command.run(["fit"] + Self.digits + arguments, in: directory)
      #expect(result.exitCode == 64 && result.output == "")
      #expect(result.errors.contains(said), "\(result.errors)")
      #expect(try String(contentsOf: there, encoding: .utf8) == "mine\n")
    }
  }
}
