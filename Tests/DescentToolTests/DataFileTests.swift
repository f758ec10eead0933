// Files whose size matters: memory, progress, and what is said before.

import Foundation
import TestSupport
import Testing

@Suite struct DataFileTests {
  /// A file that begins as a table, and is so large that no machine can hold it: its blocks are not on the disk.
  private func withHugeFile(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "huge.csv")
      let lines = "a,b,y\n" + String(repeating: "1,2,3\n", count: 100_000)
      try Data(lines.utf8).write(to: file)
      #expect(truncate(file.path, 1 << 43) == 0)
      try body(file.path)
    }
  }

  @Test func theDataCanComeByStandardInput() throws {
    let path = ReferenceFile.repository.appending(path: "Examples/Data/diabetes.csv")
    let options = ["--model", "linear", "--standardize", "--epochs", "3", "--threads", "1", "--json"]
    func keys(_ result: CommandResult) throws -> [String] {
      #expect(result.exitCode == 0, "\(result.errors)")
      return result.output.split(separator: "\n").filter { !$0.contains("seconds") }.map(String.init)
    }
    let piped = try Command.run(["fit", "-"] + options, input: String(contentsOf: path, encoding: .utf8))
    #expect(try keys(piped) == keys(Command.run(["fit", path.path] + options)))
  }

  /// 2^43 bytes in lines of 6 are 1.466e12 rows: times 8 bytes, times 3 numbers for each copy and 3 beside, or 2 and a
  /// score for each class.
  @Test(arguments: [
    (["fit", "FILE", "--model", "linear"], "3 numbers, which need about 70.4 TB"),
    (["fit", "FILE", "--model", "linear", "--test-every", "3"], "3 numbers, which need about 82.1 TB"),
    (["recommend", "FILE", "--model", "linear"], "3 numbers, which need about 70.4 TB"),
    (["tune", "FILE", "--model", "linear"], "3 numbers, copied for 5 folds, which need about 246 TB"),
    (
      ["tune", "FILE", "--model", "linear", "--folds", "2", "--test-every", "2"],
      "3 numbers, copied for 2 folds, which need about 123 TB"
    ), (["tune", "FILE", "--model", "linear", "--search", "range"], "3 numbers, which need about 70.4 TB"),
    (["predict", "MODEL", "FILE"], "3 numbers, which need about 82.1 TB"),
  ])
  func whatCannotFitIsRefusedBeforeItIsRead(_ arguments: [String], _ said: String) throws {
    try withHugeFile { path in
      let model = path + ".json"
      try Data(
        """
        {"format": "descent-model/1", "model": "softmax", "target": "y", "features": ["a", "b"], "l2": 0,
         "weights": [1, 1, 1, 1], "bias": [], "classes": [0, 1]}
        """.utf8
      ).write(to: URL(filePath: model))
      let result = try Command.run(
        arguments.map { $0 == "FILE" ? path : $0 == "MODEL" ? model : $0 }, timeLimit: 20)
      #expect(result.exitCode == 1 && !result.ranOutOfTime)
      #expect(result.errors.contains("rows of \(said) of memory; "), "\(result.errors)")
      #expect(result.errors.contains("--ignore-memory"))
    }
  }

  @Test func itIsReadAllTheSameIfAskedFor() throws {
    try withHugeFile { path in
      let result = try Command.run(["fit", path, "--model", "linear", "--ignore-memory", "--quiet"], timeLimit: 20)
      #expect(result.exitCode == 1 && !result.ranOutOfTime)
      #expect(result.errors.contains("huge.csv:100002: column 1"), "\(result.errors)")
    }
  }

  @Test func scoresThatCannotFitAreRefusedBeforeTheFit() throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "classes.csv")
      try Data(("a,y\n1,999999\n" + String(repeating: "2,0\n", count: 999_999)).utf8).write(to: file)
      let result = try Command.run(["fit", file.path, "--model", "softmax", "--epochs", "1"], timeLimit: 60)
      #expect(result.exitCode == 1 && result.output == "")
      #expect(
        result.errors.contains("the scores of 1000000 rows for 1000000 classes, which need about 8.00 TB of memory; "),
        "\(result.errors)")
    }
  }

  @Test func progressWhileReadingIsTruthful() throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "large.csv")
      let line = "0.12345678901234567890,0.98765432109876543210,1.11111111111111111111,2\n"
      var bytes = Data("a,b,c,y\n".utf8)
      let block = Data(String(repeating: line, count: 10_000).utf8)
      while bytes.count < 70_000_000 { bytes += block }
      try bytes.write(to: file)
      let result = try Command.run(["fit", file.path, "--model", "linear", "--epochs", "1", "--learning-rate", "0.01"])
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.errors.split(separator: "\n")
      try #require(lines.count > 10)
      #expect(lines[0].contains(" rows of 4 numbers, which need about "), "\(lines[0])")
      let shares = lines.compactMap { line in
        line.firstMatch(of: /read ([0-9.]+) MB of ([0-9.]+) MB/).map { Double($0.1)! / Double($0.2)! }
      }
      #expect(shares.count == 10 && shares.last == 1)
      for (tenth, share) in shares.enumerated() { #expect(abs(share - Double(tenth + 1) / 10) < 0.02) }
    }
  }
}
