// Tables for a fitted model, and what the beginning of a file says of the rest.

import Foundation
import Problems
import TestSupport
import Testing

@Suite struct CSVReaderTests {
  private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "table.csv")
      try Data(text.utf8).write(to: file)
      return try body(file.path)
    }
  }

  private func read(
    _ text: String, passesOverOthers: Bool = false, chunkSize: Int = 5
  ) throws -> (data: Dataset, hasTarget: Bool) {
    try withFile(text) { path in
      var reader = try CSVReader.open(
        path, columns: .fitted(features: ["a", "b"], target: "y", passesOverOthers: passesOverOthers),
        chunkSize: chunkSize)
      while try reader.readChunk() {}
      return try reader.finish()
    }
  }

  private static let table = try! Dataset(
    features: [1, 2, 3, 4], columns: 2, targets: [5, 6], featureNames: ["a", "b"], targetName: "y")

  @Test(arguments: ["a,b,y\n1,2,5\n3,4,6\n", "y,b,a\n5,2,1\n6,4,3\n", "b,y,a\n2,5,1\n4,6,3"])
  func columnsAreFoundByName(_ text: String) throws {
    let (data, hasTarget) = try read(text)
    #expect(data == Self.table && hasTarget)
  }

  @Test func theTargetMayBeMissing() throws {
    let (data, hasTarget) = try read("b,a\n2,1\n4,3\n")
    #expect(data.features == Self.table.features && data.targets == [0, 0] && !hasTarget)
  }

  @Test func otherColumnsArePassedOverWhateverTheyHold() throws {
    #expect(try read("id,b,y,a\nx,2,5,1\n,4,6,3\n", passesOverOthers: true).data == Self.table)
  }

  @Test(arguments: [
    ("a,y\n1,2\n", CSVError.Reason.missingColumn("b", available: ["a", "y"])),
    ("id,b,y,a\nx,2,5,1\n", .unknownColumn("id")), ("a,b,y\n1,2,cat\n", .targetNotANumber("cat")),
    ("a,b\n1,x\n", .notANumber("x")), ("a,b,y\n1,2\n", .ragged(expected: 3, found: 2)),
  ])
  func whatDoesNotFitTheModelIsNamed(_ text: String, _ reason: CSVError.Reason) throws {
    let error = #expect(throws: CSVError.self) { try read(text) }
    #expect(error?.reason == reason)
  }

  @Test func theBeginningTellsTheSize() throws {
    let lines = (0..<1_000).map { "\(1000 + $0),7\n" }.joined()
    try withFile("a,y\n" + lines) { path in
      let whole = try CSVReader.open(path, columns: .all(target: nil))
      #expect(whole.estimate?.rows == 1_000 && whole.estimate?.fields == 2)
      let part = try CSVReader.open(path, columns: .all(target: nil), chunkSize: 100)
      #expect(part.estimate?.rows == 1_000 && part.size == 7_004 && part.bytesRead == 100)
    }
    try withFile("a,y\n1,2") { path in
      let header = try CSVReader.open(path, columns: .all(target: nil))
      #expect(header.estimate == nil)
    }
  }

  @Test func roomThatIsMadeChangesNothing() throws {
    try withFile("a,b,y\n1,2,5\n3,4,6\n") { path in
      for rows in [0, 1, 2, 1_000] {
        var reader = try CSVReader.open(path, columns: .all(target: nil), chunkSize: 4)
        reader.reserve(rows: rows, fields: 3)
        while try reader.readChunk() {}
        #expect(try reader.finish().data == Self.table)
      }
    }
  }
}
