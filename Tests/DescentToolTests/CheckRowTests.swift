import Descent
import DescentTool
import Testing

/// The judge itself.
@Suite struct CheckRowTests {
  @Test func aRowThatComparedNothingDoesNotAgree() {
    #expect(!CheckRow("section", "what").agrees)
  }

  @Test func aDifferenceWithinTheLimitAgreesAndOneBeyondItDoesNot() {
    var row = CheckRow("section", "what", limit: 4)
    row.measure(4) { "first" }
    row.measure(1) { "second" }
    #expect(row.agrees && row.largestDifference == 4 && row.bitsEqual == nil && row.comparisons == 2)
    row.measure(4.5) { "third" }
    row.measure(9) { "fourth" }
    #expect(!row.agrees && row.largestDifference == 9 && row.failures == 2 && row.comparisons == 4)
    #expect(row.firstFailure == "third: 4.50 ulp apart")
  }

  @Test func aNaNIsNoSmallDifference() {
    var row = CheckRow("section", "what", limit: .greatestFiniteMagnitude)
    row.measure(.nan) { "place" }
    row.measure(1) { "place" }
    #expect(!row.agrees && row.largestDifference == .infinity && row.failures == 1)
  }

  @Test(arguments: [
    ([0.0], [-0.0]), ([1.0], [1 + 0x1p-52]), ([1.0], [1.0, 2.0]), ([1.0], [Double.nan]), ([Double](), [1.0]),
  ])
  func arraysWithOtherBitsDoNotAgree(_ found: [Double], _ expected: [Double]) {
    var row = CheckRow("section", "what", limit: 4)
    row.same(found, expected) { "place" }
    #expect(!row.agrees && row.bitsEqual == false)
    var narrow = CheckRow("section", "what", limit: 4)
    narrow.same(found.map { Float($0) }, expected.map { Float($0) + 0x1p-20 }) { "place" }
    #expect(!narrow.agrees && narrow.bitsEqual == false)
  }

  @Test func arraysWithTheSameBitsAgree() {
    var row = CheckRow("section", "what")
    row.same([1.5, -0.0, .nan], [1.5, -0.0, .nan]) { "place" }
    row.same([] as [Double], []) { "place" }
    row.same([[1, 2], []] as [[Float]], [[1, 2], []]) { "place" }
    #expect(row.agrees && row.bitsEqual == true && row.comparisons == 4)
    row.same([[1]] as [[Float]], [[1], []]) { "place" }
    #expect(!row.agrees)
  }

  @Test func theFirstElementThatDiffersIsNamed() {
    var row = CheckRow("section", "what")
    row.same([1, 2, 5, 7] as [Float], [1, 2, 3, 4]) { "place" }
    #expect(row.firstFailure == "place: element 2 is 5.0, expected 3.0")
    #expect(row.largestDifference == ulps(between: 7 as Float, 4))
  }

  @Test func rowsAddUp() {
    var (total, part) = (CheckRow("section", "total", limit: 1), CheckRow("", "part"))
    part.same([1.0], [1.0]) { "equal" }
    total.measure(1) { "near" }
    total.add(part)
    #expect(total.agrees && total.comparisons == 2 && total.bitsEqual == true && total.largestDifference == 1)
    part.expect(false) { "claim" }
    total.add(part)
    #expect(!total.agrees && total.comparisons == 4 && total.firstFailure == "claim")
  }

  @Test func ulpsCountNeighbours() {
    #expect(ulps(between: 1.0, 1.0.nextUp) == 1 && ulps(between: Float(1), Float(1).nextDown.nextDown) == 2)
    #expect(ulps(between: 0.0, -0.0) == 0 && ulps(between: 0x1p-1074, -0x1p-1074) == 2)
    #expect(ulps(between: Float.leastNonzeroMagnitude, 0) == 1)
    #expect(ulps(between: Double.nan, .nan) == 0 && ulps(between: 1, Double.nan) == .infinity)
    #expect(ulps(between: -Double.greatestFiniteMagnitude, .infinity) > 1e19)
  }
}
