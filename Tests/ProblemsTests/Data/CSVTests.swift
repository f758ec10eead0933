import Foundation
import Problems
import Tensors
import TestSupport
import Testing

private let expected = try! Dataset(
  features: [1, -2.5, 3e2, 0.5], columns: 2, targets: [7, 8], featureNames: ["a", "b"], targetName: "y")

/// What a file with these bytes is read as; chunks of every size must agree.
private func read(_ bytes: [UInt8], target: String? = nil, chunkSizes: [Int] = [3, 4, 5, 7, 64]) throws -> Dataset {
  try withTemporaryDirectory { folder in
    let path = folder.appending(path: "table.csv").path
    try Data(bytes).write(to: URL(filePath: path))
    let whole = Result { () throws(CSVError) in try Dataset(contentsOfCSV: path, target: target) }
    for size in chunkSizes {
      let chunked = Result { () throws(CSVError) in
        try Dataset(contentsOfCSV: path, target: target, chunkSize: size)
      }
      #expect(chunked == whole, "chunks of \(size) bytes")
    }
    return try whole.get()
  }
}

private func read(_ text: String, target: String? = nil) throws -> Dataset {
  try read(Array(text.utf8), target: target)
}

/// What is wrong with a file: the reason, the line, the number and name of the column.
private func failure(_ bytes: [UInt8], target: String? = nil) throws -> CSVError {
  do {
    let table = try read(bytes, target: target)
    Issue.record("read \(table)")
    throw CancellationError()
  } catch let error as CSVError {
    #expect(error.path.hasSuffix("/table.csv"))
    return error
  }
}

struct BadFile: CustomTestStringConvertible, Sendable {
  var text: String
  var reason: CSVError.Reason
  var line: Int?
  var column: Int?
  var name: String?
  var target: String?
  var testDescription: String { text.debugDescription }

  init(
    _ text: String, _ reason: CSVError.Reason, line: Int? = nil, column: Int? = nil, name: String? = nil,
    target: String? = nil
  ) {
    (self.text, self.reason, self.line) = (text, reason, line)
    (self.column, self.name, self.target) = (column, name, target)
  }
}

@Suite struct CSVTests {
  // MARK: - What is read

  @Test(arguments: [
    "a,b,y\n1,-2.5,7\n300,0.5,8\n",
    "a,b,y\n1,-2.5,7\n300,0.5,8",
    "a,b,y\r\n1,-2.5,7\r\n300,0.5,8\r\n",
    "a,b,y\r\n1,-2.5,7\r\n300,0.5,8\r",
    "\u{FEFF}a,b,y\n1,-2.5,7\n300,0.5,8\n",
    "\u{FEFF}\"a\",b,y\n1,-2.5,7\n300,0.5,8\n",
    "\"a\",\"b\",\"y\"\n\"1\",\"-2.5\",\"7\"\n300,0.5,8\n",
    " a , b ,\ty\n 1 ,-2.5 ,7\n\t300,0.5, 8 \n",
    "a,b,y\n+1,-25e-1,7.\n3E+2,.5,008\n",
    "a,b,y\n1,-2.5,7\n300,0.5,8\n\n\r\n\n",
  ])
  func oneTableInManySpellings(text: String) throws {
    #expect(try read(text) == expected)
  }

  @Test func theTargetMayStandAnywhere() throws {
    #expect(try read("y,a,b\n7,1,-2.5\n8,300,0.5\n", target: "y") == expected)
    #expect(try read("a,y,b\n1,7,-2.5\n300,8,0.5\n", target: "y") == expected)
    #expect(try read("a,b,y\n1,-2.5,7\n300,0.5,8\n", target: "y") == expected)
  }

  @Test func namesMayHoldCommasQuotesLineEndsAndLetters() throws {
    let table = try read("\"a, \"\"b\"\"\",\"two\nlines\",größe 💡,7\n1,2,3,4\n")
    #expect(table.featureNames == ["a, \"b\"", "two\nlines", "größe 💡"])
    #expect(table.targetName == "7")
    #expect(try read("\" a\",\"b \", c\n1,2,3\n").featureNames == [" a", "b "])
    #expect(table.features == [1, 2, 3] && table.targets == [4])
  }

  @Test(arguments: [("digits", 1797, 64), ("breast_cancer", 569, 30), ("diabetes", 442, 10)])
  func theTablesOfTheRepositoryAreReadToTheLastDigit(name: String, rows: Int, columns: Int) throws {
    let table = try RealData.table("data_\(name).csv")
    #expect(table.rowCount == rows && table.columnCount == columns && table.targetName == "target")
    // The standard library reads every field by itself.
    let file = ReferenceFile.directory.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Examples/Data/\(name).csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    let numbers = lines.map { $0.split(separator: ",").map { Double($0)! } }
    #expect(table.features == numbers.flatMap { $0.dropLast() })
    #expect(table.targets == numbers.map { $0.last! })
  }

  @Test func aPipeCanBeRead() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "pipe").path
      #expect(mkfifo(path, 0o600) == 0)
      let writer = Process()
      writer.executableURL = URL(filePath: "/bin/sh")
      // The pause makes the reader meet a pipe that is open and empty in the middle of a number.
      let script = "{ printf 'a,b,y\\n1,-2'; sleep 0.1; printf '.5,7\\n300,0.5,8\\n'; } > \"$0\""
      writer.arguments = ["-c", script, path]
      try writer.run()
      #expect(try Dataset(contentsOfCSV: path) == expected)
      writer.waitUntilExit()
    }
  }

  // MARK: - What is refused

  static let badFiles = [
    BadFile("", .empty),
    BadFile("\n\n", .empty),
    BadFile("\u{FEFF}", .empty),
    BadFile("a,b,y", .headerOnly),
    BadFile("a,b,y\n", .headerOnly),
    BadFile("a,b,y\r\n\r\n\n", .headerOnly),
    BadFile("\na,b,y\n1,2,3\n", .blankLine, line: 1),
    BadFile("a,b,y\n1,2,3\n\n\n4,5,6\n", .blankLine, line: 3),
    BadFile("a,b,y\n1,2\n", .ragged(expected: 3, found: 2), line: 2),
    BadFile("a,b,y\n1,2,3\n1,2,3,4,5\n", .ragged(expected: 3, found: 5), line: 3),
    BadFile("a,b,y\n1,2,3\n1,2,3,\n", .ragged(expected: 3, found: 4), line: 3),
    BadFile("a,b,y\n1,2,3\n7", .ragged(expected: 3, found: 1), line: 3),
    BadFile("\"a\nb\",y\n1,2\n3\n", .ragged(expected: 2, found: 1), line: 4),
    BadFile("a,b,y\n1,,3\n", .missingValue, line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,\"\",3\n", .missingValue, line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,2, \t\n", .missingValue, line: 2, column: 3, name: "y"),
    BadFile("a,b,y\n1,2,\n", .missingValue, line: 2, column: 3, name: "y"),
    BadFile("a,b,y\n1,2,", .missingValue, line: 2, column: 3, name: "y"),
    BadFile("a,b,y\n\"\"\n1,2,3\n", .missingValue, line: 2, column: 1, name: "a"),
    BadFile("a,b,y\n1,2,3\n,,\n", .missingValue, line: 3, column: 1, name: "a"),
    BadFile("a,b,y\n1,two,3\n", .notANumber("two"), line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,2,3\n1,NA,3\n", .notANumber("NA"), line: 3, column: 2, name: "b"),
    BadFile("a,b,y\n1;2;3\n", .notANumber("1;2;3"), line: 2, column: 1, name: "a"),
    BadFile("a,b,y\n1,2\"3\",3\n", .notANumber("2\"3\""), line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,2,\u{1B}[31m3\n", .targetNotANumber("\u{1B}[31m3"), line: 2, column: 3, name: "y"),
    BadFile("a,b,y\n1,nan,3\n", .notFinite("nan"), line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,2,-Infinity\n", .notFinite("-Infinity"), line: 2, column: 3, name: "y"),
    BadFile("a,b,y\n+INF,2,3\n", .notFinite("+INF"), line: 2, column: 1, name: "a"),
    BadFile("a,b,y\n1,1e400,3\n", .outOfRange("1e400"), line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,-1.8e308,3\n", .outOfRange("-1.8e308"), line: 2, column: 2, name: "b"),
    BadFile("a\n1\n2\n", .singleColumn(separator: nil), line: 1),
    BadFile("a;b;y\n1;2;3\n", .singleColumn(separator: "a semicolon"), line: 1),
    BadFile("a\tb\ty\n1\t2\t3\n", .singleColumn(separator: "a tab"), line: 1),
    BadFile("1,2,3\n4,5,6\n", .headerOfNumbers, line: 1),
    BadFile("a,,y\n1,2,3\n", .emptyName, line: 1, column: 2),
    BadFile("\"a\nb\",,y\n1,2,3\n", .emptyName, line: 2, column: 2),
    BadFile(",a,y\n0,2,3\n", .emptyName, line: 1, column: 1),
    BadFile("a,b,a\n1,2,3\n", .repeatedName("a", first: 1), line: 1, column: 3),
    BadFile("a,b,y\n1,2,3\n", .unknownTarget("z", available: ["a", "b", "y"]), line: 1, target: "z"),
    BadFile("a,b,y\n1,\"2\"x,3\n", .textAfterQuote, line: 2, column: 2, name: "b"),
    BadFile("a,b,y\n1,\"2,3\n4,5,6\n", .unterminatedQuote, line: 2, column: 2, name: "b"),
    BadFile("a,\"b,y\n1,2,3\n", .unterminatedQuote, line: 1, column: 2),
    BadFile("a,b,y\r1,2,3\r", .loneCarriageReturn, line: 1, column: 3),
    BadFile("a,b,y\n1,2\r,3\n", .loneCarriageReturn, line: 2, column: 2, name: "b"),
    BadFile(
      "a,b,y\n1," + String(repeating: "1", count: 70_000) + ",3\n", .fieldTooLong(limit: 65_536), line: 2, column: 2,
      name: "b"),
    BadFile(
      "a,b,y\n1,\"" + String(repeating: "2,3\n", count: 20_000), .fieldTooLong(limit: 65_536), line: 2, column: 2,
      name: "b"),
  ]

  @Test(arguments: badFiles)
  func whatIsWrongIsNamedWithItsPlace(file: BadFile) throws {
    let error = try failure(Array(file.text.utf8), target: file.target)
    #expect(error.reason == file.reason)
    #expect(error.line == file.line)
    #expect(error.column?.number == file.column)
    #expect(error.column?.name == file.name)
    if let line = file.line { #expect("\(error)".contains("/table.csv:\(line): ")) }
    if let column = file.column { #expect("\(error)".contains("column \(column)")) }
    if let name = file.name { #expect("\(error)".contains("\"\(name)\"")) }
    #expect("\(error)".unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a control character reaches the terminal")
    #expect("\(error)".count < 400)
  }

  @Test func bytesThatAreNoText() throws {
    #expect(try failure([0xFF, 0xFE] + Array("a\0,\0y\0".utf8)).reason == .utf16)
    #expect(try failure([0xFE, 0xFF, 0, 0x61]).reason == .utf16)
    #expect(try failure([0xC3, 0x28] + Array(",y\n1,2\n".utf8)).reason == .notUTF8)
    #expect(try failure(Array("a,y\n1,".utf8) + [0xC3, 0x28, 0x0A]).line == 2)
    #expect(try failure(Array("a,y\n1,2\0\n".utf8)).reason == .targetNotANumber("2\0"))
  }

  @Test func filesThatCannotBeRead() throws {
    #expect {
      try Dataset(contentsOfCSV: "/nowhere/at/all.csv")
    } throws: { error in
      guard case .file(.cannotOpen)? = (error as? CSVError)?.reason else { return false }
      return "\(error)" == "cannot open /nowhere/at/all.csv: No such file or directory"
    }
    #expect {
      try Dataset(contentsOfCSV: "/tmp")
    } throws: { "\($0)" == "/tmp is a folder; name a file in it" }
    #expect {
      try Dataset(contentsOfCSV: "/dev/null")
    } throws: { ($0 as? CSVError)?.reason == .empty }
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "secret.csv").path
      try Data("a,y\n1,2\n".utf8).write(to: URL(filePath: path))
      #expect(chmod(path, 0) == 0)
      // Root reads everything, so there is nothing to refuse.
      if geteuid() != 0 {
        #expect {
          try Dataset(contentsOfCSV: path)
        } throws: { "\($0)" == "cannot open \(path): Permission denied" }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomChangesAreAnErrorOrATableButNeverATrap(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let whole = Array("a,\"b\",y\r\n1,-2.5e3,7\n\"300\",0.5,8\n".utf8)
    let vocabulary = Array("a,\"\r\n1.-+e 9;\t\u{0}".utf8) + [0xFF, 0xEF]
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "table.csv").path
      for _ in 0..<300 {
        var changed = whole
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
          let position = Int.random(in: 0..<changed.count, using: &generator)
          switch Int.random(in: 0...2, using: &generator) {
          case 0: changed[position] = vocabulary.randomElement(using: &generator)!
          case 1: changed.remove(at: position)
          default: changed.insert(vocabulary.randomElement(using: &generator)!, at: position)
          }
        }
        try Data(changed).write(to: URL(filePath: path))
        guard let table = try? Dataset(contentsOfCSV: path, target: nil, chunkSize: 5) else { continue }
        let checked = try Dataset(features: table.features, columns: table.columnCount, targets: table.targets)
        #expect(checked.rowCount == table.rowCount, "seed \(seed)")
      }
    }
  }

  @Test func aFieldMayBeAsLongAsTheLimit() throws {
    for quote in ["", "\""] {
      let field = String(repeating: "0", count: 65_535) + "1"
      #expect(try read(Array("x,y\n\(quote)\(field)\(quote),0\n".utf8), chunkSizes: [4096]).features == [1])
      let error = try failure(Array("x,y\n\(quote)0\(field)\(quote),0\n".utf8))
      #expect(error.reason == .fieldTooLong(limit: 65_536))
    }
  }

  // MARK: - Numbers

  @Test(arguments: [1, 2, 3] as [UInt64])
  func numbersAreReadAsTheNearestDouble(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var fields: [String] = []
    for _ in 0..<2000 {
      let bits = Double(bitPattern: generator.next())
      if bits.isFinite { fields.append("\(bits)") }
      let digits = Int.random(in: 1...25, using: &generator)
      let mantissa = (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &generator))" }.joined()
      let point = Int.random(in: 0...digits, using: &generator)
      let exponent = Int.random(in: -330...300, using: &generator)
      fields.append("\(mantissa.prefix(point)).\(mantissa.dropFirst(point))e\(exponent - digits)")
      fields.append("\(mantissa.prefix(point)).\(mantissa.dropFirst(point))")
      fields.append("-\(mantissa)e\(Int.random(in: -30...30, using: &generator))")
    }
    let table = try read(Array(("x,y\n" + fields.map { "\($0),0\n" }.joined()).utf8), chunkSizes: [])
    for (found, text) in zip(table.features, fields) {
      let nearest = Double(text)!
      #expect(found.bitPattern == nearest.bitPattern, "\(text), seed \(seed)")
    }
  }

  @Test(
    arguments: [
      ("0", 0.0), ("-0", -0.0), ("9007199254740993", 9_007_199_254_740_992), ("1e-400", 0),
      ("4.9e-324", .leastNonzeroMagnitude),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("00001e0000000001", 10),
      ("1e99999999999999999999999", nil),
      ("1e-99999999999999999999999", 0), ("0e99999999999999999999999", 0), ("1e", nil), ("e5", nil), (".", nil),
      ("+", nil), ("-", nil), ("1.2.3", nil), ("1e5.0", nil), ("0x10", nil), ("1_000", nil), ("1 000", nil),
      ("1,5", nil), ("--1", nil), ("+-1", nil), ("1e+-5", nil), ("１", nil), ("infinit", nil), ("nano", nil),
      ("1f", nil),
      ("NaN(0x1)", nil), ("1e400", nil), ("TRUE", nil),
    ] as [(String, Double?)])
  func spellingsOfNumbers(text: String, value: Double?) throws {
    let bytes = Array("x,y\n\"\(text)\",0\n".utf8)
    guard let value else {
      #expect(throws: CSVError.self) { try read(bytes, chunkSizes: []) }
      return
    }
    #expect(try read(bytes, chunkSizes: []).features[0].bitPattern == value.bitPattern)
  }
}
