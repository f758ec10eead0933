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

  @Test(arguments: [
    ["fit", "FILE", "--model", "linear"], ["recommend", "FILE", "--model", "linear"],
    ["tune", "FILE", "--model", "linear"], ["predict", "MODEL", "FILE"],
  ])
  func whatCannotFitIsRefusedBeforeItIsRead(_ arguments: [String]) throws {
    try withHugeFile { path in
      let model = path + ".json"
      try Data(
        """
        {"format": "descent-model/1", "model": "linear", "target": "y", "features": ["a", "b"], "l2": 0,
         "weights": [1, 1], "bias": []}
        """.utf8
      ).write(to: URL(filePath: model))
      let result = try Command.run(
        arguments.map { $0 == "FILE" ? path : $0 == "MODEL" ? model : $0 }, timeLimit: 20)
      #expect(result.exitCode == 1 && !result.ranOutOfTime)
      #expect(result.errors.contains("rows of 3 numbers, which need about 70.4 TB of memory; "), "\(result.errors)")
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
