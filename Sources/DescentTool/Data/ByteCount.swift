internal import Foundation

/// Sizes as people read them.
enum ByteCount {
  static func text(_ bytes: Int) -> String { text(Double(bytes)) }

  static func text(_ bytes: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return String(format: value < 10 && unit > 0 ? "%.2f" : value < 100 && unit > 0 ? "%.1f" : "%.0f", value)
      + " " + units[unit]
  }
}
