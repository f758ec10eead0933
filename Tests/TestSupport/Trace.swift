// Loops that a failure names, and comparisons that say where two vectors part.

internal import Foundation
package import Testing

/// The labels of the loops that surround a line of a test.
package enum Trace {
  @TaskLocal static var labels: [String] = []

  /// The labels and values, outermost first: "scalar: Double, count: 8191, seed: 7".
  package static var current: String { labels.isEmpty ? "no surrounding loop" : labels.joined(separator: ", ") }

  /// The labels as a comment for `#expect`.
  package static var comment: Comment { "\(current)" }
}

/// Runs the body for every value, with "label: value" in the trace of each failure inside.
package func withEvery<Values: Sequence>(
  _ label: String, in values: Values, _ body: (Values.Element) throws -> Void
) rethrows {
  for value in values {
    try Trace.$labels.withValue(Trace.labels + ["\(label): \(value)"]) { try body(value) }
  }
}

/// Runs the body once with "label: value" in the trace of each failure inside.
public func withLabel<Result>(_ label: String, _ value: Any, _ body: () throws -> Result) rethrows -> Result {
  try Trace.$labels.withValue(Trace.labels + ["\(label): \(value)"], operation: body)
}

/// Fails with the trace if two vectors differ in any bit; -0 and 0 differ, NaNs are equal if their bits are.
package func expectBitsEqual<Scalar: BinaryFloatingPoint>(
  _ got: [Scalar], _ expected: [Scalar], _ what: String = "element",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  record(differenceInBits(got, expected, what), sourceLocation)
}

/// Fails with the trace if an element is further from the expected one than its bound.
package func expectClose<Scalar: BinaryFloatingPoint>(
  _ got: [Scalar], _ expected: [Scalar], _ what: String = "element",
  sourceLocation: SourceLocation = #_sourceLocation, within bound: (Int) -> Double
) {
  record(differenceBeyond(bound, got, expected, what), sourceLocation)
}

/// Fails with the trace if two numbers are more than so many representable steps apart.
package func expectULPs(
  _ got: Double, _ expected: Double, atMost limit: UInt64, _ what: String = "the result",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  record(differenceInULPs(got, expected, limit, what), sourceLocation)
}

/// What `expectBitsEqual` would say; nil if it would say nothing.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
package func differenceInBits<Scalar: BinaryFloatingPoint>(
  _ got: [Scalar], _ expected: [Scalar], _ what: String = "element"
) -> String? {
  if got.count != expected.count { return message("\(what): \(got.count) elements, expected \(expected.count)") }
  let areEqual = got.withUnsafeBytes { got in
    expected.withUnsafeBytes { got.count == 0 || memcmp(got.baseAddress!, $0.baseAddress!, got.count) == 0 }
  }
  if areEqual { return nil }
  let differing = got.indices.filter { !hasSameBits(got[$0], expected[$0]) }
  let i = differing[0]
  return message(
    "\(what)[\(i)] is \(got[i]), expected \(expected[i]); \(differing.count) of \(got.count) differ")
}

/// What `expectClose` would say; nil if it would say nothing.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
package func differenceBeyond<Scalar: BinaryFloatingPoint>(
  _ bound: (Int) -> Double, _ got: [Scalar], _ expected: [Scalar], _ what: String = "element"
) -> String? {
  if got.count != expected.count { return message("\(what): \(got.count) elements, expected \(expected.count)") }
  for i in got.indices where !hasSameBits(got[i], expected[i]) {
    let error = abs(Double(got[i]) - Double(expected[i]))
    if error <= bound(i) { continue }
    return message("\(what)[\(i)] is \(got[i]), expected \(expected[i]) within \(bound(i)), off by \(error)")
  }
  return nil
}

/// What `expectULPs` would say; nil if it would say nothing.
package func differenceInULPs(
  _ got: Double, _ expected: Double, _ limit: UInt64, _ what: String = "the result"
) -> String? {
  let distance = ulps(between: got, expected)
  if distance <= limit { return nil }
  return message("\(what) is \(got), expected \(expected) within \(limit) ulp, is \(distance) away")
}

private func hasSameBits<Scalar: BinaryFloatingPoint>(_ a: Scalar, _ b: Scalar) -> Bool {
  withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { a.elementsEqual($0) } }
}

private func message(_ text: String) -> String { "\(text) (\(Trace.current))" }

private func record(_ message: String?, _ sourceLocation: SourceLocation) {
  if let message { Issue.record(Comment(rawValue: message), sourceLocation: sourceLocation) }
}
