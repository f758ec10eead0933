// `descent plot` as a new user runs it.

import Descent
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot"), "gnuplot is not installed"))
struct PlotCommandTests {
  /// A log of so many steps, with a header that has these settings.
  private static func log(_ steps: Int, settings: String? = "{}", losses: (Int) -> String = { "\(1 / Double($0))" })
    -> String
  {
    let header = settings.map {
      #"{"data":"a/b.csv","format":"descent-run/1","model":"linear","optimizer":"sgd","settings":\#($0)}"# + "\n"
    }
    return (1...steps).reduce(header ?? "") { $0 + row($1, loss: losses($1)) + "\n" }
  }

  private static func row(_ step: Int, loss: String = "2.5") -> String {
    #"{"clipFactor":0.5,"epoch":1,"gradientNorm":3,"learningRate":0.1,"loss":\#(loss),"step":\#(step),"updateNorm":0.1}"#
  }

  /// Draws logs, given by name and content, and returns what the command said, and the picture if there is one.
  private func plot(_ logs: [(name: String, content: String)]) throws -> (result: CommandResult, picture: String?) {
    try withTemporaryDirectory { directory in
      for (name, content) in logs {
        let file = directory.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
      }
      let result = try Command.run(["plot"] + logs.map(\.name) + ["-o", "runs.svg"], in: directory)
      return (result, try? String(contentsOf: directory.appending(path: "runs.svg"), encoding: .utf8))
    }
  }

  private func draw(_ logs: [(name: String, content: String)], note: String = "") throws -> String {
    let (result, picture) = try plot(logs)
    #expect(result.exitCode == 0 && result.errors == note && result.output == "", "\(result.errors)")
    return try #require(picture)
  }

  @Test func runsAreNamedByTheirFilesAndByWhatTellsThemApart() throws {
    let picture = try draw([
      ("slow_1.jsonl", Self.log(5, settings: #"{"learning-rate":"0.1","l2":"0.01"}"#)),
      ("fast.jsonl", Self.log(9, settings: #"{"learning-rate":"0.3","l2":"0.01","nesterov":"true"}"#)),
    ])
    for text in ["slow_1: learning-rate 0.1<", "fast: learning-rate 0.3, nesterov<", "clip factor", "loss", "step"] {
      #expect(picture.contains(text), "\(text)")
    }
    #expect(!picture.contains("0.01, "))
  }

  @Test func filesOfOneNameAreNamedByTheirPaths() throws {
    let picture = try draw([("a/run.jsonl", Self.log(3)), ("b/run.jsonl", Self.log(3))])
    #expect(picture.contains("a/run.jsonl<") && picture.contains("b/run.jsonl<"))
  }

  @Test(arguments: [
    ("one run", [log(50)]), ("one step", [log(1)]), ("one step beside many", [log(1), log(1000)]),
    ("ten runs", (1...10).map { log(20 * $0) }), ("a loss of zeros", [log(9) { _ in "0" }]),
    ("a loss that ends", [log(100) { $0 < 60 ? "\($0)" : "\"inf\"" }]), ("no finite loss", [log(9) { _ in "\"nan\"" }]),
    ("a loss below zero", [log(9) { "\(-$0)" }]), ("the largest numbers", [log(9) { _ in "1.7e308" }]),
    ("the smallest numbers", [log(9) { _ in "5e-324" }]), ("a wide range", [log(300) { "1e\($0 * 2 - 300)" }]),
    ("the smallest and the largest", [log(9) { $0 < 7 ? "5e-324" : "1.7e308" }]),
    ("steps as large as they may be", [row(1 << 52) + "\n" + row(1 << 53) + "\n"]),
    ("no header", [log(9, settings: nil)]),
  ])
  func whateverWasLoggedIsDrawn(_ what: String, _ logs: [String]) throws {
    let picture = try draw(logs.enumerated().map { ("run\($0.offset).jsonl", $0.element) })
    #expect(picture.hasSuffix("</svg>\n\n") || picture.hasSuffix("</svg>\n"), "\(what)")
    #expect(logs.indices.allSatisfy { picture.contains("run\($0)") })
  }

  @Test func withoutALossThereIsNoPanelForIt() throws {
    let row =
      #"{"clipFactor":1,"gradientNorm":3,"learningRate":0.1,"outcome":{"applied":{}},"path":"axpy","step":1,"updateNorm":1}"#
    let picture = try draw([("own.jsonl", row + "\n")])
    #expect(!picture.contains(">loss<") && picture.contains("gradient norm"))
  }

  @Test func whatAnObserverSawCanBeDrawn() throws {
    final class Lines: Sendable {
      let text = Mutex("")
      @Sendable func add(_ report: StepReport) {
        let line = (try? JSONEncoder().encode(report)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        text.withLock { $0 += line + "\n" }
      }
    }
    let lines = Lines()
    var x = [3.0]
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, accumulating: 2, options: ExecutionOptions(nonFiniteGradient: .skip(limit: 1)), count: 1
    )
    optimizer.observer = lines.add
    for step in 1...20 { try optimizer.step(&x, gradient: [step == 5 ? .nan : x[0]], loss: x[0] * x[0] / 2) }
    let picture = try draw([("own.jsonl", lines.text.withLock { $0 })])
    #expect(picture.contains(">loss<"))
  }

  @Test func aTornLastLineIsLeftOut() throws {
    let note = "note: the last line of run.jsonl has no end and was left out\n"
    let whole = Self.log(9)
    let (torn, intact) = (
      try draw([("run.jsonl", whole + #"{"clipFactor":1,"ep"#)], note: note), try draw([("run.jsonl", whole)])
    )
    #expect(torn == intact)
    // One that is whole but for its end is a step.
    let (open, closed) = (
      try draw([("run.jsonl", whole + Self.row(10))]), try draw([("run.jsonl", whole + Self.row(10) + "\n")])
    )
    #expect(open == closed && open != intact)
  }

  @Test(arguments: [
    ("", "has no steps"), (log(1).split(separator: "\n")[0] + "\n", "has no steps"),
    (log(2) + "{\"step\":3\n" + row(4) + "\n", "run.jsonl:4: this is not JSON"),
    (log(2) + "7\n", "run.jsonl:4: this is no JSON object"),
    (log(2) + "{\"step\":3}\n", "run.jsonl:4: \"learningRate\" is missing"),
    (log(2) + row(3, loss: "\"low\"") + "\n", "run.jsonl:4: \"loss\""),
    (row(.max) + "\n", "run.jsonl:1: the step 9223372036854775807 is not in 1...2^53"),
    (row(0) + "\n", "run.jsonl:1: the step 0 is not in 1...2^53"),
    (log(2) + row(2) + "\n", "run.jsonl:4: step 2 after step 2"),
    (log(2) + log(2), "run.jsonl:4: \"step\" is missing"), ("a,b\n1,2\n", "run.jsonl:1: this is not JSON"),
    ("{\"format\":\"descent-run/2\"}\n" + row(1) + "\n", "only \"descent-run/1\" can be read"),
    ("{\"format\":\"descent-study/1\"}\n", "is the log of a search"),
    ("{\n  \"command\" : \"fit\"\n}\n", "is a JSON file, but not the log of a run"),
  ])
  func aBadLogIsRefusedWithItsPlace(_ content: String, _ said: String) throws {
    let (result, picture) = try plot([("good.jsonl", Self.log(2)), ("run.jsonl", content)])
    #expect(result.exitCode == 1 && picture == nil)
    #expect(result.errors.contains("run.jsonl") && result.errors.contains(said), "\(result.errors)")
  }

  @Test(arguments: [
    (["run.jsonl"], "--output"), (["-o", "x.svg"], "run.jsonl"),
    (["nowhere.jsonl", "-o", "x.svg"], "the log nowhere.jsonl cannot be read: there is no such file"),
    (["run.jsonl", "-o", "/nowhere/x.svg"], "--output /nowhere/x.svg: there is no folder /nowhere; create it"),
    (["run.jsonl", "-o", "/"], "--output / is a folder; name a file in it"),
  ])
  func aWrongCallIsRefused(_ arguments: [String], _ said: String) throws {
    let result = try Command.run(["plot"] + arguments)
    #expect(result.exitCode != 0 && result.errors.contains(said), "\(result.errors)")
  }
}
