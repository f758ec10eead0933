import Foundation
import TestSupport
import Testing

@Suite struct TestSupportTests {
  @Test func ulpsCountRepresentableSteps() {
    #expect(ulps(between: 1.0, (1.0).nextUp) == 1)
    #expect(ulps(between: 2.0, (2.0).nextDown) == 1)
    #expect(ulps(between: -0.0, 0.0) == 0)
    #expect(ulps(between: -Double.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
    #expect(ulps(between: Double.greatestFiniteMagnitude, .infinity) == 1)
    #expect(ulps(between: -Double.infinity, .infinity) == 0xFFE0_0000_0000_0000 as UInt64)
    #expect(ulps(between: Double.nan, 1) == .max)
    #expect(ulps(between: Float(1), Float(1).nextUp) == 1)
    #expect(ulps(between: Float(-1), Float(1)) == 2 * 0x3F80_0000)
  }

  @Test func relativeErrorIsMeasuredAgainstTheLargestExpected() {
    #expect(relativeError([1.0, 10.5], expected: [1, 10]) == 0.05)
    #expect(relativeError([0.25 as Float], expected: [0]) == 0.25)
    #expect(relativeError([Double.nan], expected: [1]) == .infinity)
    #expect(relativeError([1.0], expected: [1, 2]) == .infinity)
  }

  @Test func wordsAndSubnormalNumbersAreRead() throws {
    let text = Data(#"["inf", "-inf", "nan", 5e-324, 0.1, 3]"#.utf8)
    let numbers = try JSONDecoder().decode([ReferenceNumber].self, from: text).map(\.value)
    #expect(numbers[0] == .infinity && numbers[1] == -.infinity && numbers[2].isNaN)
    #expect(numbers[3...] == [.leastNonzeroMagnitude, 0.1, 3])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([ReferenceNumber].self, from: Data(#"["infinity"]"#.utf8))
    }
  }

  @Test func everyReferenceFileHasItsCases() {
    #expect(ClippingCase.all.count == 170)
    #expect(OptimizerCase.all("sgd").count == 19)
    #expect(SmallProblem.all.count == 8)
    #expect(StateCase.all.count == 12)
    #expect(PlateauCase.all.count == 21)
    #expect(RealDataCase.all.count == 13)
    #expect(RealDataCase.all.last!.fits(row: 4) && !RealDataCase.all.last!.fits(row: 10))
  }

  @Test func aFailureNamesItsLoops() {
    var messages: [String?] = []
    withEvery("count", in: [3, 4]) { _ in
      withLabel("scalar", "Double") { messages.append(differenceInBits([0.0, 1], [-0.0, 1], "x")) }
    }
    #expect(messages[0] == "x[0] is 0.0, expected -0.0; 1 of 2 differ (count: 3, scalar: Double)")
    #expect(messages[1] == "x[0] is 0.0, expected -0.0; 1 of 2 differ (count: 4, scalar: Double)")
    #expect(Trace.current == "no surrounding loop")
  }

  @Test func comparisonsFailWhereTheyShould() {
    #expect(differenceInBits([1.0], [(1.0).nextUp]) != nil)
    #expect(differenceInBits([1.0], [1.0, 2]) != nil)
    #expect(differenceInBits([Float.nan], [Float.nan]) == nil)
    #expect(differenceInBits([Float](), []) == nil)
    #expect(differenceBeyond({ _ in 1 }, [Double.nan], [1.0]) != nil)
    #expect(differenceBeyond({ _ in 0.1 }, [1.0], [1.2]) != nil)
    #expect(differenceBeyond({ _ in 0.1 }, [1.0], [1.05]) == nil)
    #expect(differenceInULPs(1, (1.0).nextUp.nextUp, 1) != nil)
    #expect(differenceInULPs(1, (1.0).nextUp, 1) == nil)
  }

  @Test func aTemporaryDirectoryIsGoneAfterwards() throws {
    let directory = try withTemporaryDirectory { directory in
      try Data([1]).write(to: directory.appending(path: "file"))
      return directory
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path))
  }

  @Test func aCommandsOutputErrorsAndExitCodeAreCaught() throws {
    let shell = URL(filePath: "/bin/sh")
    let script = "cat; echo $WORD; head -c 300000 /dev/zero >&2; exit 7"
    let result = try Command.run(
      ["-c", script], input: "typed ", environment: ["WORD": "set"], executable: shell)
    #expect(result.output == "typed set\n")
    #expect(result.errors.utf8.count == 300_000)
    #expect(result.exitCode == 7 && !result.ranOutOfTime)
  }

  @Test func aCommandThatDoesNotEndIsEnded() throws {
    let result = try Command.run(["60"], timeLimit: 0.1, executable: URL(filePath: "/bin/sleep"))
    #expect(result.ranOutOfTime)
  }

  @Test func theBuiltCommandIsFound() {
    #expect(FileManager.default.isExecutableFile(atPath: Command.descent.path), "\(Command.descent.path)")
  }
}
