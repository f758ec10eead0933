internal import Foundation

/// The rows as a table of fixed width, so that it can be printed while it grows.
enum CheckTable {
  /// The titles of the columns.
  static let header = line("", "compared", "difference", "limit", "bits", "verdict")

  /// Rows of one check, each section under its name.
  static func text(of rows: [CheckRow]) -> String {
    var lines: [String] = []
    var section: String?
    for row in rows {
      if row.section != section {
        section = row.section
        lines.append(row.section)
      }
      lines.append(
        line(
          "  " + row.what, grouped(row.comparisons), "\(number(row.largestDifference)) \(row.unit.rawValue)",
          number(row.limit), row.bitsEqual.map { $0 ? "yes" : "NO" } ?? "-", row.agrees ? "agrees" : "DIFFERS"))
    }
    return lines.joined(separator: "\n")
  }

  /// A difference in few digits, rounded up.
  static func number(_ difference: Double) -> String {
    if !difference.isFinite { return "infinite" }
    if difference >= 1e6 { return String(format: "%.1e", difference) }
    let decimals = difference > 100 ? 0 : difference > 10 ? 1 : 2
    let unit = [1.0, 10, 100][decimals]
    let rounded = (difference * unit).rounded(.up) / unit
    return rounded == rounded.rounded() ? "\(Int(rounded))" : String(format: "%.\(decimals)f", rounded)
  }

  private static func line(_ columns: String...) -> String {
    // Eighty columns, the width of a terminal that nobody made wider.
    let widths = [35, 9, 15, 6, 6, 7]
    let cells = zip(columns, widths).enumerated().map { index, column in
      let (text, width) = column
      let space = String(repeating: " ", count: max(0, width - text.count))
      return index == 0 || index == 5 ? (index == 5 ? "  " : "") + text + space : space + text
    }
    return String(cells.joined().reversed().drop { $0 == " " }.reversed())
  }

  private static func grouped(_ count: Int) -> String {
    var digits = Array(String(count))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
