// `descent tune` as a new user runs it: the searches by cross-validation.

import Foundation
import TestSupport
import Testing

@Suite struct TuneTests {
  static let data = ReferenceFile.repository.appending(path: "Examples/Data").path
  static let diabetes = ["\(data)/diabetes.csv", "--model", "linear", "--standardize"]
  static let digits = ["\(data)/digits.csv", "--model", "softmax", "--standardize", "--batch-size", "64"]
  private static let hasGnuplot = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")

  private func run(_ arguments: [String], in directory: URL? = nil) throws -> CommandResult {
    try Command.run(["tune"] + arguments, in: directory)
  }

  private struct Report: Decodable {
    struct Candidate: Decodable {
      let learningRate: Double
      let epochs: Int
      let loss: Double?
      let standardError: Double?
      let losses: [Double?]
      let reasons: [String: String]
    }
    let folds: Int
    let foldKind: String
    let plannedFits: Int
    let finishedFits: Int
    let isComplete: Bool
    let candidates: [Candidate]
    let best: Candidate?
    let chosen: Candidate?
    let command: String?
    let remarks: [String]
  }

  private func report(_ arguments: [String], exitCode: Int32 = 0) throws -> Report {
    let result = try run(arguments + ["--json"])
    #expect(result.exitCode == exitCode && result.errors == "", "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  // MARK: - Values

  /// A grid on a file of numbers against what numpy computes: 1e-9, where the loss is below a million.
  @Test(arguments: SearchReference.all.grids.filter { $0.batch == nil })
  func aGridHasTheLossesOfTheReference(_ grid: SearchReference.Grid) throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending(path: "grid.csv")
      try Data(grid.csv.utf8).write(to: file)
      let report = try report([
        file.path, "--model", grid.modelName, "--no-intercept", "--momentum", "0", "--epochs", "\(grid.steps)",
        "--folds", "\(grid.folds)", "--fold-kind", grid.split, "--learning-rate",
        grid.learningRates.map { "\($0)" }.joined(separator: ","),
      ])
      #expect(report.candidates.map(\.learningRate) == grid.learningRates)
      #expect(report.best?.learningRate == grid.learningRates[grid.bestIndex])
      for (candidate, expected) in zip(report.candidates, grid.lossByFold) {
        for (loss, number) in zip(candidate.losses, expected) where number.value < 1e6 {
          #expect(abs(try #require(loss) - number.value) <= 1e-9 * number.value, "\(candidate.learningRate)")
        }
      }
    }
  }

  /// Fold k of interleaved folds is what `descent fit --test-every 5 --test-offset k` sets aside, and the fit knows its
  /// quality on rows that its standardisation has not seen: 2 loss = (1 - R²) variance.
  @Test func aFoldIsAFitWithItsRowsSetAside() throws {
    let rate = ["--learning-rate", "0.05"]
    let losses = try report(Self.diabetes + rate + ["--epochs", "40"]).candidates[0].losses
    let lines = try String(contentsOfFile: "\(Self.data)/diabetes.csv", encoding: .utf8).split(separator: "\n")
      .dropFirst()
    let targets = lines.map { Double($0.split(separator: ",").last!)! }
    struct Summary: Decodable { let testScore: Double }
    for (fold, loss) in losses.enumerated() {
      let fit = try Command.run(
        ["fit"] + Self.diabetes + rate + ["--epochs", "40", "--test-every", "5", "--test-offset", "\(fold)", "--json"])
      let score = try JSONDecoder().decode(Summary.self, from: Data(fit.output.utf8)).testScore
      let heldOut = targets.enumerated().filter { $0.offset % 5 == fold }.map(\.element)
      let mean = heldOut.reduce(0, +) / Double(heldOut.count)
      let variance = heldOut.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(heldOut.count)
      let expected = (1 - score) * variance / 2
      #expect(abs(try #require(loss) - expected) <= 1e-10 * expected, "fold \(fold)")
    }
  }

  @Test func theChosenRateIsTheLargestWithinOneStandardErrorAndItsCommandRuns() throws {
    let report = try report(Self.diabetes + ["--clip-norm", "1000", "--seed", "3"])
    let (best, chosen) = (try #require(report.best), try #require(report.chosen))
    let finite = report.candidates.filter { $0.loss != nil }
    #expect(finite.allSatisfy { $0.loss! >= best.loss! })
    let within = finite.filter { $0.loss! <= best.loss! + best.standardError! }
    #expect(within.map(\.learningRate).max() == chosen.learningRate && chosen.learningRate > best.learningRate)

    let command = try #require(report.command)
    #expect(command.hasSuffix("--seed 3 --clip-norm 1000.0 --learning-rate \(chosen.learningRate)"), "\(command)")
    let words = command.split(separator: " ").map(String.init)
    #expect(words[0] == "descent")
    let fits = try (0..<2).map { _ in try Command.run(Array(words.dropFirst()) + ["--json", "--threads", "1"]) }
    struct Summary: Decodable { let objective: Double; let learningRate: Double }
    let summaries = try fits.map { try JSONDecoder().decode(Summary.self, from: Data($0.output.utf8)) }
    #expect(summaries[0].learningRate == chosen.learningRate)
    #expect(summaries[0].objective == summaries[1].objective && summaries[0].objective < 1440)
  }

  @Test func divergedRatesHaveReasonsAndTheSearchGoesOn() throws {
    let arguments = Self.diabetes + ["--learning-rate", "10,100,0.1"]
    let report = try report(arguments)
    #expect(report.candidates.map(\.learningRate) == [0.1, 10, 100] && report.isComplete)
    #expect(report.candidates.map { $0.loss == nil } == [false, true, true])
    #expect(report.candidates[2].reasons.count == 5 && report.candidates[2].losses.allSatisfy { $0 == nil })
    #expect(report.chosen?.learningRate == 0.1)
    let text = try run(arguments).output
    #expect(text.contains("       100     200    diverged in 5 of 5 folds\n"))
    #expect(text.contains("why they diverged\n        10  fold 1: the "), "\(text)")
  }

  @Test func whereEverythingDivergesThereIsNoRate() throws {
    let report = try report(Self.diabetes + ["--learning-rate", "100,1000"], exitCode: 1)
    #expect(report.best == nil && report.command == nil && report.remarks[0].hasPrefix("every rate diverged"))
  }

  /// All losses are finite, and none is better than that of no fit: half the mean square of the targets.
  @Test func aRateThatIsWorseThanNoneIsNotFittedWith() throws {
    let report = try report(Self.diabetes + ["--learning-rate", "5,6", "--epochs", "20"], exitCode: 1)
    #expect(report.best?.learningRate == 5 && report.command == nil && report.isComplete)
    let targets = try String(contentsOfFile: "\(Self.data)/diabetes.csv", encoding: .utf8).split(separator: "\n")
      .dropFirst().map { Double($0.split(separator: ",").last!)! }
    let folds = (0..<5).map { fold in targets.enumerated().filter { $0.offset % 5 == fold }.map { $0.element } }
    let loss = folds.map { $0.reduce(0) { $0 + $1 * $1 / 2 } / Double($0.count) }.reduce(0, +) / 5
    let said = String(format: "weights of zero have a loss of %.6g, and no rate has less", loss)
    #expect(report.remarks.count == 1 && report.remarks[0].hasPrefix(said), "\(report.remarks)")
  }

  @Test(arguments: [("1e-5..1e-3", "the best rate is the largest"), ("0.1..1e3", "the best rate is the smallest")])
  func aBestRateAtTheEndIsRemarkedOn(_ rates: String, _ said: String) throws {
    let report = try report(Self.diabetes + ["--learning-rate", rates, "--points", "5"])
    #expect(report.remarks.count == 1 && report.remarks[0].hasPrefix(said), "\(report.remarks)")
  }

  /// A metric that is not finite reaches a plateau before the gradient is looked at again; it must not end the search.
  @Test func aPlateauThatIsToldInfinityIsADivergence() throws {
    let report = try report(Self.diabetes + ["--schedule", "plateau", "--learning-rate", "0.1,1e150"])
    #expect(report.isComplete && report.candidates[1].loss == nil && report.candidates[1].reasons.count == 5)
  }

  // MARK: - Searches

  @Test(arguments: [
    (["--search", "grid", "--points", "4"], [4: 200], 20), (["--search", "random", "--trials", "6"], [6: 200], 30),
    (["--search", "quasi-random", "--trials", "6"], [6: 200], 30),
    (["--search", "halving", "--trials", "9", "--epochs", "9", "--min-epochs", "1"], [9: 1, 3: 3, 1: 9], 65),
    (
      ["--search", "halving", "--learning-rate", "0.1,0.01,0.001,0.5", "--epochs", "4", "--reduction", "2"],
      [4: 1, 2: 2, 1: 4], 35
    ),
    (["--search", "hyperband", "--epochs", "9", "--min-epochs", "3"], [3: 3, 1: 9, 2: 9], 30),
  ])
  func aSearchHasItsPlan(_ arguments: [String], _ rungs: [Int: Int], _ fits: Int) throws {
    let range = arguments.contains("--learning-rate") ? [] : ["--learning-rate", "1e-4..0.3"]
    let arguments = Self.diabetes + range + arguments
    let one = try run(arguments + ["--json", "--threads", "1"])
    let two = try run(arguments + ["--json", "--threads", "2"])
    #expect(one.exitCode == 0 && one.output == two.output, "\(one.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(one.output.utf8))
    #expect(report.plannedFits == fits && report.finishedFits == fits && report.foldKind == "interleaved")
    let counts = Dictionary(grouping: report.candidates, by: \.epochs).mapValues(\.count)
    var expected: [Int: Int] = [:]
    for (count, epochs) in rungs { expected[epochs, default: 0] += count }
    #expect(counts == expected)
  }

  @Test func drawsBelongToTheSeed() throws {
    let arguments = Self.diabetes + ["--search", "random", "--trials", "4", "--epochs", "5"]
    let rates = try [[], [], ["--seed", "2"]].map { try report(arguments + $0).candidates.map(\.learningRate) }
    #expect(rates[0] == rates[1] && rates[0] != rates[2])
    #expect(rates[0].allSatisfy { (1e-4...10).contains($0) })
  }

  @Test func classifiersAreStratified() throws {
    let report = try report(Self.digits + ["--learning-rate", "0.01,0.1", "--epochs", "2", "--folds", "3"])
    #expect(report.foldKind == "stratified" && report.folds == 3)
  }

  // MARK: - Logs

  private static let logged = digits + ["--learning-rate", "1e-3..1", "--points", "4", "--epochs", "2", "--folds", "3"]

  /// However much of the log is left, what follows is the same.
  @Test(arguments: [0.0, 0.3, 0.55, 0.8, 1])
  func aTornLogIsGoneOnWithToTheSameResult(_ share: Double) throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "search.log")
      let whole = try run(Self.logged + ["--json", "--log", log.path])
      #expect(whole.exitCode == 0, "\(whole.errors)")
      let bytes = try Data(contentsOf: log)
      try bytes.prefix(Int(Double(bytes.count) * share)).write(to: log)
      let resumed = try run(Self.logged + ["--json", "--resume", log.path])
      #expect(resumed.exitCode == 0 && resumed.output == whole.output, "\(resumed.errors)")
      let lines = try [bytes, Data(contentsOf: log)].map {
        Set(String(decoding: $0, as: UTF8.self).split(separator: "\n"))
      }
      #expect(lines[0] == lines[1] && lines[0].count == 13)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func anInterruptionKeepsWhatIsDone(_ signal: Int32) throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "search.log")
      let arguments = Self.digits + ["--learning-rate", "1e-3..1", "--points", "4", "--epochs", "1000", "--folds", "3"]
      let interrupted = try Command.run(["tune"] + arguments + ["--log=\(log.path)"]) { process in
        func lines() -> Int { ((try? Data(contentsOf: log)) ?? Data()).count { $0 == UInt8(ascii: "\n") } }
        let limit = ContinuousClock.now + .seconds(30)
        while lines() < 5, ContinuousClock.now < limit { usleep(2_000) }
        kill(process, signal)
      }
      #expect(interrupted.exitCode == 130, "\(interrupted.errors)")
      #expect(interrupted.output.contains(" of 12 fits\n"), "\(interrupted.output)")
      #expect(!interrupted.output.contains("fit with it"))
      let advice = try #require(interrupted.errors.split(separator: "\n").last)
      #expect(advice.hasPrefix("descent tune ") && advice.hasSuffix("--resume=\(log.path)"), "\(advice)")

      let resumed = try Command.run(advice.split(separator: " ").dropFirst().map(String.init) + ["--json"])
      let whole = try run(arguments + ["--json"])
      #expect(resumed.exitCode == 0 && resumed.output == whole.output, "\(resumed.errors)")
    }
  }

  @Test(arguments: [
    (["--l2", "0.5"], "\"options\" is"), (["--seed", "2"], "the seed is 1 in the log and 2 here"),
    (["--points", "5"], "the search is"), (["--folds", "4"], "the cross-validation is"),
    (["--epochs", "3"], "--epochs 2"), (["--test-every", "7"], "\"data\" is \"1797 rows"),
  ])
  func theLogOfAnotherSearchIsRefused(_ change: [String], _ said: String) throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "search.log").path
      #expect(try run(Self.logged + ["--log", log]).exitCode == 0)
      // The last of two equal options counts, except that an option may not stand twice: replace it.
      var arguments = Self.logged
      if let place = arguments.firstIndex(of: change[0]) { arguments.removeSubrange(place...place + 1) }
      let result = try run(arguments + change + ["--resume", log])
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.contains("is of another study") && result.errors.contains(said), "\(result.errors)")
    }
  }

  @Test func aLogIsNeverWrittenOverOrMadeUp() throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending(path: "notes.txt")
      try Data("mine\n".utf8).write(to: file)
      let written = try run(Self.logged + ["--log", file.path])
      #expect(written.exitCode == 1 && written.errors.contains("exists already; --resume \(file.path)"))
      #expect(try run(Self.logged + ["--resume", file.path]).errors.contains("is not the log of a study"))
      #expect(try String(contentsOf: file, encoding: .utf8) == "mine\n")
      let missing = try run(Self.logged + ["--resume", "nowhere.log"], in: directory)
      #expect(missing.exitCode == 1 && missing.errors.contains("there is no nowhere.log to --resume"))
      let nowhere = try run(Self.logged + ["--log", "no/where.log"], in: directory)
      #expect(nowhere.exitCode == 64 && nowhere.errors.contains("--log no/where.log: there is no folder"))
    }
  }

  // MARK: - Refusals and pictures

  @Test(arguments: [
    (["--search", "gird"], 64, "- quasi-random"),
    (["--learning-rate", "0..1"], 64, "\"0\" is not a positive number"),
    (["--learning-rate", "1..0.1"], 64, "ends at or before its beginning"),
    (["--learning-rate", "0.1,0.1"], 64, "has 0.1 twice"),
    (["--learning-rate", "fast"], 64, "write a range as 1e-4..10"),
    (["--learning-rate", "0.1,1", "--search", "random"], 64, "takes the rates from a range"),
    (["--learning-rate", "0.1,1", "--points", "3"], 64, "--points has no effect with a list"),
    (["--trials", "3"], 64, "--trials has no effect with --search grid; leave it out, or take random or quasi-random"),
    (["--search", "range", "--folds", "3"], 64, "--folds has no effect with --search range"),
    (["--search", "range", "--schedule", "cosine"], 64, "leave out --schedule cosine"),
    (["--schedule", "cosine(0.1, 9)"], 64, "leaves nothing to search"),
    (["--decay", "1"], 64, "--decay has no effect"), (["--log", "a", "--resume", "b"], 64, "not both"),
    (
      ["--folds", "443"], 1,
      "443 folds cannot be made; there must be at least 2 and no more than rows, of which there are 442"
    ),
    (["--folds", "1"], 64, "--folds is 1; it must be at least 2"),
    (["--points", "0"], 64, "--points is 0; it must be at least 1"),
    (["--search", "halving", "--min-epochs", "300"], 1, "to >= from"),
    (["--search", "hyperband", "--reduction", "1"], 64, "--reduction is 1; it must be at least 2"),
    (["--momentum", "1"], 64, "momentum"), (["--clip-norm=-1"], 64, "-1.0"), (["--target", "height"], 1, "height"),
    (["--model", "logistic"], 1, "row 1 below the column names"), (["--threads", "0"], 64, "threads"),
  ])
  func aWrongCallIsRefused(_ options: [String], _ exitCode: Int32, _ said: String) throws {
    let result = try run(Self.diabetes + options)
    #expect(result.exitCode == exitCode && result.output == "", "\(result.exitCode)")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test(arguments: [
    (nil, "nowhere.csv"), ("a,y\n", "row"), ("a,y\n1,2\n3,x\n", "bad.csv:3: column 2"),
    ("a,y\n1,1\n2,1\n3,2\n", "2 folds cannot be made"),
    ("a,y\n1e300,1\n2e300,2\n3e300,3\n1e300,1\n", "give the rates: --learning-rate"),
  ])
  func aBadFileIsRefused(_ content: String?, _ said: String) throws {
    try withTemporaryDirectory { directory in
      if let content { try Data(content.utf8).write(to: directory.appending(path: "bad.csv")) }
      let model = said.contains("folds") ? "softmax" : "linear"
      let folds = model == "softmax" ? ["--folds", "3"] : ["--folds", "2"]
      let result = try run([content == nil ? "nowhere.csv" : "bad.csv", "--model", model] + folds, in: directory)
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.contains(said.replacingOccurrences(of: "2 folds", with: "3 folds")), "\(result.errors)")
    }
  }

  @Test func progressIsPlainLinesWhenPiped() throws {
    let result = try run(Self.diabetes)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 10 && lines[9].hasPrefix("fit 55/55  best rate 0.1, loss 1479.91"), "\(result.errors)")
    #expect(!result.errors.contains("\u{1B}"))
    #expect(result.output.hasPrefix("search          grid, 11 rates from 0.0001 to 10, 200 epochs\n"))
    #expect(try run(Self.diabetes + ["--quiet"]).errors == "")
  }

  @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"))
  func theCurveIsDrawn() throws {
    try withTemporaryDirectory { directory in
      let result = try run(Self.diabetes + ["--quiet", "--plot", "it's.svg"], in: directory)
      #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
      let picture = try String(contentsOf: directory.appending(path: "it's.svg"), encoding: .utf8)
      for text in ["learning rate", "200 epochs", "diverged", "far above", "best", "largest within 1 s.e."] {
        #expect(picture.contains(text), "\(text) is missing")
      }
    }
  }

  @Test func withoutGnuplotAPictureNamesTheInstallCommand() throws {
    let result = try Command.run(["tune"] + Self.diabetes + ["--plot", "x.svg"], environment: ["PATH": "/nowhere"])
    #expect(result.exitCode == 1 && result.output == "" && result.errors.contains("apt-get install gnuplot-nox"))
  }
}
