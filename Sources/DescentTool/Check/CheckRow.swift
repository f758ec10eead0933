package import Descent

/// One line of the table: what was compared, how often, and how far apart the two sides were at worst.
///
/// A row judges by comparing what it is given, so a reference that is wrong makes it disagree as an engine does.
package struct CheckRow: Sendable {
  /// The heading that the row stands under.
  package let section: String
  /// What is compared.
  package let what: String
  /// The unit of the differences.
  package let unit: Unit
  /// The largest difference that is allowed.
  package let limit: Double

  /// How many comparisons were made.
  package private(set) var comparisons = 0
  /// The largest difference that was seen.
  package private(set) var largestDifference = 0.0
  /// Whether all that must have the same bits has; nil where nothing must.
  package private(set) var bitsEqual: Bool?
  /// How many comparisons failed.
  package private(set) var failures = 0
  /// The first comparison that failed, in words.
  package private(set) var firstFailure: String?

  /// What differences are counted in.
  package enum Unit: String, Sendable {
    /// Steps between neighbouring numbers of the type.
    case ulps = "ulp"
    /// 2^-53 or 2^-24 times (|x| + |a g|), the rounding unit of an axpy.
    case roundingUnits = "u"
    /// 2^-53 or 2^-24 times the largest |x| of a tensor.
    case largest = "u max|x|"
  }

  /// A row that has compared nothing.
  package init(_ section: String, _ what: String, unit: Unit = .ulps, limit: Double = 0) {
    (self.section, self.what, self.unit, self.limit) = (section, what, unit, limit)
  }

  /// Whether something was compared and all of it was as it should be.
  package var agrees: Bool { comparisons > 0 && failures == 0 }

  /// Takes a difference in the row's unit.
  package mutating func measure(_ difference: Double, _ place: () -> String) {
    comparisons += 1
    // A NaN is no small difference.
    if !(difference <= largestDifference) { largestDifference = difference.isNaN ? .infinity : difference }
    let unit = unit
    if !(difference <= limit) { fail("\(place()): \(CheckTable.number(difference)) \(unit.rawValue) apart") }
  }

  /// Takes two arrays that must have the same bits.
  package mutating func same<Scalar: TensorScalar>(_ found: [Scalar], _ expected: [Scalar], _ place: () -> String) {
    comparisons += 1
    bitsEqual = bitsEqual ?? true
    if haveSameBits(found, expected) { return }
    bitsEqual = false
    guard found.count == expected.count else {
      return fail("\(place()): \(found.count) elements, expected \(expected.count)")
    }
    var first: Int?
    for i in found.indices where !haveSameBits([found[i]], [expected[i]]) {
      if first == nil { first = i }
      if unit == .ulps { largestDifference = max(largestDifference, ulps(between: found[i], expected[i])) }
    }
    fail(first.map { "\(place()): element \($0) is \(found[$0]), expected \(expected[$0])" } ?? place())
  }

  /// Takes two lists of arrays that must have the same bits.
  package mutating func same<Scalar: TensorScalar>(
    _ found: [[Scalar]], _ expected: [[Scalar]], _ place: () -> String
  ) {
    guard found.count == expected.count else {
      return expect(false) { "\(place()): \(found.count) arrays, expected \(expected.count)" }
    }
    for tensor in found.indices { same(found[tensor], expected[tensor]) { "\(place()), tensor \(tensor)" } }
  }

  /// Takes two numbers that must have the same bits.
  package mutating func same(_ found: Double, _ expected: Double, _ place: () -> String) {
    same([found], [expected], place)
  }

  /// Takes a claim that must hold.
  package mutating func expect(_ holds: Bool, _ place: () -> String) {
    comparisons += 1
    if !holds { fail(place()) }
  }

  /// Takes reports that must be equal: same bits in every number.
  package mutating func same(_ found: StepReport, _ expected: StepReport, _ place: () -> String) {
    comparisons += 1
    bitsEqual = bitsEqual ?? true
    if found == expected { return }
    bitsEqual = false
    fail("\(place()): the report is \(found), expected \(expected)")
  }

  /// Takes over what another row has compared.
  package mutating func add(_ other: CheckRow) {
    comparisons += other.comparisons
    largestDifference = max(largestDifference, other.largestDifference)
    if let bits = other.bitsEqual { bitsEqual = (bitsEqual ?? true) && bits }
    failures += other.failures
    firstFailure = firstFailure ?? other.firstFailure
  }

  private mutating func fail(_ description: @autoclosure () -> String) {
    failures += 1
    if firstFailure == nil { firstFailure = description() }
  }
}
