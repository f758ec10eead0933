// `descent check` as a new user runs it.

import Descent
import DescentTool
import Foundation
import RuleCases
import TestSupport
import Testing

@Suite struct CheckCommandTests {
  private struct Summary: Decodable {
    struct Row: Decodable, Equatable {
      let section: String
      let what: String
      let comparisons: Int
      let unit: String
      let allowed: Double
      let bitsEqual: Bool?
      let failures: Int
      let firstFailure: String?
      let agrees: Bool
    }
    let machine: Machine
    let mode: String
    let seed: UInt64
    let seconds: Double
    let agrees: Bool
    let rows: [Row]
  }

  @Test func aQuickCheckAgreesAndPrintsItsTable() throws {
    let result = try Command.run(["check", "--quick", "--seed", "5"], timeLimit: 300)
    #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    let machine = Machine()
    #expect(lines.contains { $0.hasPrefix("processor ") && $0.contains(machine.processor) })
    #expect(lines.contains { $0.hasPrefix("instruction set ") && $0.contains(machine.instructionSet.rawValue) })
    #expect(lines.contains { $0.hasPrefix("BLAS ") && $0.contains("OpenBLAS") })
    #expect(lines.contains { $0.hasPrefix("sample ") && $0.hasSuffix("quick, seed 5") })
    #expect(lines.contains { $0.hasSuffix("compared     difference limit  bits  verdict") })

    let rows = lines.filter { $0.hasPrefix("  ") && $0.hasSuffix("  agrees") }
    // No column runs into the next.
    let cells = #/  \S.*\S +[0-9,]+ +[0-9.]+ (?:ulp|u|u max\|x\|) +[0-9.]+ +(?:yes|NO|-)  agrees/#
    for row in rows { #expect(row.wholeMatch(of: cells) != nil, "\(row)") }
    let weights = AverageCase.all.map(\.row) + ["Lookahead", "sharpness-aware minimization"]
    // AdamW is Adam with a decay.
    let rules = RuleCatalogue.all.map(\.name).filter { $0 != "adamw" }
    let what = Set(rules + weights + ClipCase.all.map(\.row) + NormCase.withExtremes.map(\.row))
    for name in what.union(["NaN", "infinity", "-infinity", "plateau", "norm-based", "random, one draw for all"]) {
      #expect(rows.contains { $0.hasPrefix("  \(name)  ") }, "\(name)")
    }
    #expect(lines.last?.hasPrefix("All \(rows.count) rows agree (") == true)
    #expect(!result.output.contains("DIFFERS") && !result.output.contains("\u{1B}"))
  }

  /// A BLAS whose daxpy and dnrm2 are a little wrong, put before the right one.
  private static let faultyBLAS = """
    #include <math.h>
    void cblas_daxpy(int n, double a, const double *x, int dx, double *y, int dy) {
      for (int i = 0; i < n; i++) y[i * dy] += a * (1 + 0x1p-49) * x[i * dx];
    }
    double cblas_dnrm2(int n, const double *x, int dx) {
      long double sum = 0;
      for (int i = 0; i < n; i++) sum += (long double)x[i * dx] * x[i * dx];
      return sqrtl(sum) * (1 + 0x1p-49L);
    }
    """

  private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  #if os(Linux)
    @Test(.enabled(if: compiler != nil, "without a C compiler there is no faulty BLAS to try"))
    func aFaultyBLASIsSeen() throws {
      let result = try withTemporaryDirectory { directory in
        let (source, library) = (directory.appending(path: "faulty.c"), directory.appending(path: "faulty.so"))
        try Data(Self.faultyBLAS.utf8).write(to: source)
        let compiled = try Command.run(
          ["-O1", "-shared", "-fPIC", "-o", library.path, source.path, "-lm"],
          executable: URL(filePath: try #require(Self.compiler)))
        try #require(compiled.exitCode == 0, "\(compiled.errors)")
        return try Command.run(
          ["check", "--quick", "--json"], environment: ["LD_PRELOAD": library.path], timeLimit: 300)
      }
      #expect(result.exitCode == 1)
      let summary = try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
      #expect(!summary.agrees && summary.mode == "quick" && summary.seed == 1 && summary.seconds > 0)
      #expect(summary.machine.processors >= 1)

      let wrong = summary.rows.filter { !$0.agrees }
      for name in ["daxpy against x - (rate c) g", "daxpy against x - rate (c g)", "2-norm", "by 2-norm, global"] {
        let row = try #require(wrong.first { $0.what == name }, "\(name) agrees")
        #expect(row.failures > 0 && row.failures <= row.comparisons)
        let failure = try #require(row.firstFailure)
        #expect(result.errors.contains("  \(row.section): \(name): \(row.failures) of \(row.comparisons) "))
        #expect(result.errors.contains(failure))
      }
      // What does not touch these two routines is not blamed.
      for row in summary.rows where row.what.hasPrefix("saxpy") || row.what.hasPrefix("1-norm") || row.what == "NaN" {
        #expect(row.agrees, "\(row)")
      }
      #expect(result.errors.split(separator: "\n").count == wrong.count + 1)
    }
  #endif

  @Test func everyKeyIsInTheHelp() throws {
    let help = try Command.run(["check", "--help"])
    #expect(help.exitCode == 0)
    var row = CheckRow("section", "what")
    row.same([1.0], [2.0]) { "place" }
    let summary = CheckSummary(machine: Machine(), mode: "full", seed: 3, seconds: 1.5, rows: [row])
    let object = try JSONSerialization.jsonObject(with: Data(summary.json().utf8))
    func keys(_ value: Any) -> [String] {
      if let object = value as? [String: Any] { return object.flatMap { [$0.key] + keys($0.value) } }
      return (value as? [Any])?.flatMap(keys) ?? []
    }
    let documented = try #require(help.output.firstRange(of: "JSON KEYS")).upperBound
    let words = Set(help.output[documented...].split { !$0.isLetter }.map(String.init))
    #expect(keys(object).count >= 22)
    for key in keys(object) { #expect(words.contains(key), "\(key)") }
    for word in ["EXAMPLES", "descent check --quick", "--seed", "--json", "EXIT CODE"] {
      #expect(help.output.contains(word), "\(word)")
    }
  }

  @Test func aSummaryNamesTheRowsThatDisagree() throws {
    var (right, wrong) = (CheckRow("First", "right"), CheckRow("Second", "wrong", limit: 2))
    right.same([1.0], [1.0]) { "place" }
    wrong.measure(.nan) { "here" }
    let summary = CheckSummary(
      machine: Machine(), mode: "full", seed: 1, seconds: 2, rows: [right, wrong, CheckRow("Third", "empty")])
    #expect(!summary.agrees && summary.text == "2 of 3 rows disagree (2.0 s).")
    #expect(summary.failures.contains("Second: wrong: 1 of 1 comparisons, the first: here: infinite ulp apart"))
    #expect(summary.failures.contains("Third: empty: nothing was compared"))
    #expect(!summary.failures.contains("right"))
    #expect(try summary.json().contains("\"largestDifference\" : \"inf\""))
  }

  @Test(arguments: [
    (["check", "--seed", "-1"], "--seed"), (["check", "--seed", "many"], "--seed"), (["check", "--fast"], "--fast"),
    (["check", "data.csv"], "data.csv"), (["chek"], "chek"),
  ])
  func aWrongArgumentIsNamed(_ arguments: [String], _ name: String) throws {
    let result = try Command.run(arguments)
    #expect(result.exitCode == 64 && result.output == "")
    #expect(result.errors.contains(name) && result.errors.contains("Usage: descent"), "\(result.errors)")
  }

  @Test func theRootCommandTeaches() throws {
    let help = try Command.run(["--help"])
    #expect(help.exitCode == 0)
    for word in ["EXAMPLES", "descent check", "check", "fit"] { #expect(help.output.contains(word), "\(word)") }
    let version = try Command.run(["--version"])
    #expect(version.exitCode == 0 && version.output.contains(/^\d+\.\d+\.\d+\n$/))
  }
}
