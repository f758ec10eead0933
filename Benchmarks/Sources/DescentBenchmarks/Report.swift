import Descent
import Foundation

/// All that a run found; its JSON is this value.
struct Report: Codable {
  let machine: Machine
  let sampling: Sampling
  let threads: Int
  /// Whether other programs could not disturb the run.
  let isRealTime: Bool
  /// Load averages at the beginning and at the end.
  let loadBefore: Double
  var loadAfter: Double
  var measurements: [Measurement]
  var manyTensors: [ManyTensorsResult]
  var rules: [RuleMeasurement]
  var bars: [Bar]

  /// The head of the text: machine, BLAS, how was measured.
  var header: String {
    """
    \(machine.processor), \(machine.processors) processors, \(machine.system)
    \(machine.blas), core \(machine.blasCore)
    instruction set: Descent \(machine.descentInstructionSet), floor \(machine.floorInstructionSet)
    \(threads) threads, \(sampling.rounds) rounds, samples of \(significant(sampling.sampleSeconds * 1e3, 2)) ms or more, \
    load average \(significant(loadBefore, 2)), \(isRealTime ? "real-time" : "ordinary") priority
    medians; in parentheses the quartiles of the ratios, each formed within one round
    """
  }

  /// The table of one operation in one scalar type.
  static func table(_ measurements: [Measurement]) -> String {
    guard let first = measurements.first else { return "" }
    var table = TextTable(["n", "engine", "µs", "ns/element", "GB/s", "time / floor", "vs naive", "vs OpenBLAS"])
    for (index, row) in measurements.enumerated() {
      let isFirstOfSize = index == 0 || measurements[index - 1].count != row.count
      if isFirstOfSize && index > 0 { table.addRule() }
      table.add([
        isFirstOfSize ? grouped(row.count) : "", row.engine.rawValue, significant(row.seconds.median * 1e6, 3),
        significant(row.nanosecondsPerElement, 3), significant(row.gigabytesPerSecond, 3),
        row.engine == .floor ? "1" : ratio(row.ratioToFloor),
        significant(row.speedupOverNaive.median, 3), significant(row.speedupOverWholeVectorBLAS.median, 3),
      ])
    }
    return "\(first.operation.rawValue), \(first.scalar): \(first.bytesPerElement) bytes an element\n\(table.text)"
  }

  /// The table of many tensors against one.
  static func table(_ results: [ManyTensorsResult]) -> String {
    var table = TextTable(["tensors", "of", "scalar", "backend", "µs", "one tensor, µs", "many / one"])
    for row in results {
      table.add([
        grouped(row.tensors), grouped(row.elementsPerTensor), row.scalar, ".\(row.backend.rawValue)",
        significant(row.secondsOfMany.median * 1e6, 3), significant(row.secondsOfOne.median * 1e6, 3),
        ratio(row.manyOverOne),
      ])
    }
    return "clipped SGD, many tensors\n\(table.text)"
  }

  /// The rules of one scalar type, a column per shape.
  static func table(_ results: [RuleMeasurement]) -> String {
    guard let first = results.first else { return "" }
    func table(_ cell: (RuleMeasurement) -> String) -> String {
      let shapes = unique(results.map(\.shape))
      var table = TextTable(["rule", "moved by", "B/element"] + shapes.map(\.name))
      for rule in unique(results.map(\.rule)) {
        let rows = results.filter { $0.rule == rule }
        table.add(
          [rule, rows[0].path, "\(rows[0].bytesPerElement)"]
            + shapes.map { shape in rows.first { $0.shape == shape }.map(cell) ?? "" })
      }
      return table.text
    }
    return """
      every rule, checked, \(first.scalar): time over the memory floor of the step, by elements or tensors x elements
      \(table { significant($0.ratioToFloor.median, 3) })

      the same in nanoseconds an element
      \(table { significant($0.seconds.median * 1e9 / Double($0.shape.count), 3) })
      """
  }

  /// The bars beside what was measured.
  static func table(_ bars: [Bar]) -> String {
    var table = TextTable(["bar", "limit", "measured", "", ""])
    for bar in bars {
      table.add([bar.name, significant(bar.limit, 3), significant(bar.measured, 3), bar.unit, bar.verdict])
    }
    return "bars (two threads; a busy machine misses them without being slow)\n\(table.text)"
  }

}

/// A ratio with its quartiles.
func ratio(_ spread: Spread) -> String {
  let parts = [spread.median, spread.lowerQuartile, spread.upperQuartile].map { significant($0, 3) }
  return "\(parts[0]) (\(parts[1]) to \(parts[2]))"
}

/// The values in the order in which each appears first.
func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen = Set<Value>()
  return values.filter { seen.insert($0).inserted }
}

/// Columns of text: the first and numbers to the right, names to the left.
struct TextTable {
  private let titles: [String]
  private var rows: [[String]?] = []

  init(_ titles: [String]) { self.titles = titles }

  mutating func add(_ row: [String]) { rows.append(row) }
  mutating func addRule() { rows.append(nil) }

  var text: String {
    let all = [titles] + rows.compactMap { $0 }
    let widths = titles.indices.map { column in all.map { $0[column].count }.max()! }
    let areNumbers = titles.indices.map { column in all.dropFirst().allSatisfy { $0[column].first?.isNumber ?? true } }
    func line(_ row: [String]) -> String {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return areNumbers[column] ? padding + row[column] : row[column] + padding
      }
      return cells.joined(separator: "  ")
    }
    let rule = String(repeating: "-", count: widths.reduce(2 * (widths.count - 1), +))
    return ([line(titles), rule] + rows.map { $0.map(line) ?? "" }).joined(separator: "\n")
  }
}

/// A number with so many significant digits, without an exponent.
func significant(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "-" }
  let decimals = max(0, digits - 1 - Int(log10(abs(value)).rounded(.down)))
  return String(format: "%.\(decimals)f", value)
}

/// A count with thin groups: 1 000 000.
func grouped(_ count: Int) -> String {
  var groups: [String] = []
  var rest = count
  while rest >= 1000 {
    groups.insert(String(format: "%03d", rest % 1000), at: 0)
    rest /= 1000
  }
  return ([String(rest)] + groups).joined(separator: " ")
}
