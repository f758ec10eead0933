import Descent
import Foundation
import TestSupport
import Testing

/// What the log of a study forgives, and what it refuses.
@Suite struct StudyLogTests {
  private let sample = Sample(
    study: Study(
      "log", space: Sample.space, search: .random(trials: 4).halving(from: 1, to: 2, factor: 2), seed: 11,
      notes: ["data": "digits"]))

  /// Cut off at every seventh byte, and at all of the last two lines, the log is completed to the same result and to the
  /// same bytes.
  @Test func aLogCutOffAnywhereIsCompleted() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      let whole = try sample.run(threads: 1, log: log)
      let bytes = try Data(contentsOf: log)
      #expect(bytes.split(separator: UInt8(ascii: "\n")).count == 1 + 6)
      for count in 0..<bytes.count where count % 7 == 0 || count > bytes.count - 500 {
        try bytes.prefix(count).write(to: log)
        #expect(try sample.run(threads: 1, log: log) == whole, "\(count) of \(bytes.count) bytes")
        #expect(try Data(contentsOf: log) == bytes, "\(count) of \(bytes.count) bytes")
      }
    }
  }

  @Test func linesMayStandInAnyOrderAndTwice() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      let whole = try sample.run(threads: 1, log: log)
      var lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      lines = [lines[0]] + lines.dropFirst().reversed() + [lines[3]]
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: log)
      let recorder = Recorder()
      #expect(try sample.run(threads: 1, log: log, observer: recorder.record) == whole)
      #expect(recorder.evaluations.isEmpty)
    }
  }

  @Test func theLogOfAnotherStudyIsRefusedWithAllDifferences() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      _ = try sample.run(threads: 1, log: log)
      let bytes = try Data(contentsOf: log)

      func refused(_ study: Study, folds: Folds? = nil, _ expected: [String]) throws {
        let error = #expect(throws: StudyLogError.self) {
          try Sample(study: study, folds: folds).run(threads: 1, log: log)
        }
        guard case .otherStudy(_, let differences) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(differences == expected)
        #expect(try Data(contentsOf: log) == bytes)
      }
      var other = sample.study
      other.seed = 12
      try refused(other, ["the seed is 11 in the log and 12 here"])
      other = sample.study
      other.notes = ["data": "iris", "model": "softmax"]
      try refused(
        other,
        [
          #"the note "data" is "digits" in the log and "iris" here"#,
          #"the note "model" is absent in the log and "softmax" here"#,
        ])
      other = sample.study
      other.name = "other"
      other.space = ["rate": .logUniform(from: 1e-3, to: 1), "momentum": .uniform(from: 0, to: 0.9)]
      let differences = [
        #"the name is "log" in the log and "other" here"#,
        #"the order of the parameters is ["rate", "momentum", "size"] in the log and ["rate", "momentum"] here"#,
        #""rate" is {"logUniform":{"from":0.001,"to":10}} in the log and {"logUniform":{"from":0.001,"to":1}} here"#,
        #""size" is {"integer":{"from":1,"to":3}} in the log and no parameter here"#,
      ]
      try refused(other, differences)
      other = sample.study
      other.search = .random(trials: 4).halving(from: 1, to: 4, factor: 2)
      let error = #expect(throws: StudyLogError.self) { try Sample(study: other).run(threads: 1, log: log) }
      #expect(error?.description.contains("the search is {") == true)
      let contiguous = try Folds.contiguous(rows: 6, count: 2)
      try refused(
        sample.study, folds: contiguous,
        [
          "the cross-validation is absent in the log and 2 contiguous folds of 6 rows (fingerprint \(fingerprint(contiguous))) here"
        ])
    }
  }

  @Test func otherRowsInAFoldAreAnotherStudy() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      _ = try Sample(study: sample.study, folds: .stratified(by: [0, 0, 1, 1], count: 2)).run(threads: 1, log: log)
      #expect(throws: StudyLogError.self) {
        try Sample(study: sample.study, folds: .stratified(by: [0, 1, 1, 0], count: 2)).run(threads: 1, log: log)
      }
    }
  }

  @Test func whatIsNoLogIsNotWrittenOver() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      for contents in ["my thesis", "my thesis\n", "{}\n", "\n\n", #"{"format":"descent-study/1"}"# + "\n"] {
        try Data(contents.utf8).write(to: log)
        let error = #expect(throws: StudyLogError.self, "\(contents)") { try sample.run(threads: 1, log: log) }
        #expect(error == .notALog(path: log.path), "\(contents)")
        #expect(try String(contentsOf: log, encoding: .utf8) == contents)
      }
    }
  }

  @Test func aDamagedLineIsNamed() throws {
    try withTemporaryDirectory { directory in
      let log = directory.appending(path: "study.jsonl")
      _ = try sample.run(threads: 1, log: log)
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      func refused(_ replacement: String) throws -> StudyLogError? {
        var damaged = lines
        damaged[3] = Substring(replacement)
        try Data((damaged.joined(separator: "\n") + "\n").utf8).write(to: log)
        return #expect(throws: StudyLogError.self) { try sample.run(threads: 1, log: log) }
      }
      guard case .damaged(_, let line, _) = try refused(String(lines[3].dropLast(5))) else {
        throw CocoaError(.featureUnsupported)
      }
      #expect(line == 4)
      let beyond = String(lines[3]).replacing(/"trial":\d+/, with: #""trial":4"#)
      #expect(try refused(beyond) == .notInThePlan(trial: 4, fold: 0))
      let fold = String(lines[3]).replacing(/"fold":\d+/, with: #""fold":1"#)
      #expect(try refused(fold)?.description.contains("on fold 1") == true)
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() {
    let nowhere = URL(filePath: "/proc/no/such/directory/study.jsonl")
    let error = #expect(throws: StudyLogError.self) { try sample.run(threads: 1, log: nowhere) }
    #expect(error?.description.contains("/proc/no/such/directory/study.jsonl cannot be opened") == true)
    #expect(throws: StudyLogError.self) { try sample.run(threads: 1, log: URL(filePath: "/")) }
  }

  /// FNV-1a over the folds of the rows.
  private func fingerprint(_ folds: Folds) -> UInt64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for fold in folds.assignment { hash = (hash ^ UInt64(fold)) &* 1_099_511_628_211 }
    return hash
  }
}
