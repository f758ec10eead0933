internal import Descent
internal import Foundation

/// A schedule for the eyes: its notation, a picture of characters, and the values of a few telling steps.
struct ScheduleTable {
  private let view: ScheduleView
  private let stride: Int?

  /// With a stride every so many steps are shown, otherwise those that tell most.
  init(_ view: ScheduleView, every stride: Int?) { (self.view, self.stride) = (view, stride) }

  var text: String {
    let duration = view.schedule.duration
    let length = duration.map { $0 == 0 ? "constant" : "complete after \($0)" } ?? "without an end"
    let rows = rows
    let stepWidth = max(4, rows.map { "\($0.step)".count }.max() ?? 0)
    let table = rows.map { row in
      let step = String(repeating: " ", count: stepWidth - "\(row.step)".count) + "\(row.step)"
      return "\(step)  \(Self.padded(Self.short(row.value), to: 12))  \(row.remark)"
    }
    return """
      \(view.schedule.notation)
      \(counted(view.steps, "step")), \(length)

      \(BlockChart(view, width: Terminal.output.width ?? 80).lines.joined(separator: "\n"))

      \(Self.padded("step", to: stepWidth))  \(Self.padded("value", to: 12))
      \(table.map(\.trimmedEnd).joined(separator: "\n"))
      """
  }

  private struct Row {
    let step: Int
    let value: Double
    let remark: String
  }

  private var rows: [Row] {
    var remarks: [Int: [String]] = [:]
    func add(_ step: Int, _ remark: String? = nil) { remarks[step, default: []] += remark.map { [$0] } ?? [] }
    if let stride {
      view.forEachStep(every: stride) { step, _ in add(step) }
    } else {
      add(0, "first")
      let turns = view.turningPoints
      for turn in turns.prefix(8) {
        add(turn - 1)
        add(turn, "turning point")
      }
      for quarter in 1...3 { add(ScheduleView.start(quarter, of: 4, in: 0..<view.steps)) }
      let extremes = view.extremes
      if view.schedule(extremes.lowest) < view.schedule(extremes.highest) {
        add(extremes.highest, "highest")
        add(extremes.lowest, "lowest")
      }
    }
    add(view.last, "last")
    return remarks.sorted { $0.key < $1.key }.map { step, remarks in
      Row(step: step, value: view.schedule(step), remark: remarks.joined(separator: ", "))
    }
  }

  /// Six digits, which is what eyes compare.
  static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
