internal import Foundation

/// What `descent check` found, for people and for programs.
package struct CheckSummary: Sendable, Encodable {
  let machine: Machine
  let mode: String
  let seed: UInt64
  let seconds: Double
  let rows: [CheckRow]

  package init(machine: Machine, mode: String, seed: UInt64, seconds: Double, rows: [CheckRow]) {
    (self.machine, self.mode, self.seed, self.seconds, self.rows) = (machine, mode, seed, seconds, rows)
  }

  /// Whether every row agrees.
  package var agrees: Bool { rows.allSatisfy(\.agrees) }

  /// One object.
  package func json() throws -> String { try JSONText.of(self) }

  /// One line.
  package var text: String {
    let time = String(format: "%.1f s", seconds)
    return agrees
      ? "All \(rows.count) rows agree (\(time))."
      : "\(rows.count { !$0.agrees }) of \(rows.count) rows disagree (\(time))."
  }

  /// The rows that do not agree, each with its first failure.
  package var failures: String {
    let named = rows.filter { !$0.agrees }.map { row in
      let first = row.firstFailure.map { "\(row.failures) of \(row.comparisons) comparisons, the first: \($0)" }
      return "  \(row.section): \(row.what): \(first ?? "nothing was compared")"
    }
    return (["descent check: the engine and the naive reference disagree here:"] + named).joined(separator: "\n")
  }

  private enum Key: String, CodingKey { case machine, mode, seed, seconds, agrees, rows }

  /// With `agrees`, which follows from the rows.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(machine, forKey: .machine)
    try container.encode(mode, forKey: .mode)
    try container.encode(seed, forKey: .seed)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(agrees, forKey: .agrees)
    try container.encode(rows, forKey: .rows)
  }
}

extension CheckRow: Encodable {
  private enum Key: String, CodingKey {
    case section, what, comparisons, largestDifference, unit, allowed, bitsEqual, failures, firstFailure, agrees
  }

  /// With `agrees`, which follows from the rest.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(section, forKey: .section)
    try container.encode(what, forKey: .what)
    try container.encode(comparisons, forKey: .comparisons)
    try container.encode(largestDifference, forKey: .largestDifference)
    try container.encode(unit.rawValue, forKey: .unit)
    try container.encode(limit, forKey: .allowed)
    try container.encodeIfPresent(bitsEqual, forKey: .bitsEqual)
    try container.encode(failures, forKey: .failures)
    try container.encodeIfPresent(firstFailure, forKey: .firstFailure)
    try container.encode(agrees, forKey: .agrees)
  }
}
