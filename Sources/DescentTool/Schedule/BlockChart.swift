internal import Descent

/// A schedule as columns of block characters, each the mean over the steps that share it.
struct BlockChart {
  private let view: ScheduleView
  /// The characters of a line.
  private let width: Int
  private let height = 5

  init(_ view: ScheduleView, width: Int) { (self.view, self.width) = (view, width) }

  var lines: [String] {
    let extremes = view.extremes
    let (highest, lowest) = (view.schedule(extremes.highest), view.schedule(extremes.lowest))
    // From 0, unless that would leave nothing to see, as with a momentum.
    let floor = lowest > highest / 2 && lowest < highest ? lowest : 0
    let range = highest - floor
    let labels = [ScheduleTable.short(highest), ScheduleTable.short(floor)]
    let margin = labels.map(\.count).max()! + 1
    let count = min(max(8, min(64, width - margin)), view.steps)
    let columns = (0..<count).map { mean($0, of: count) }
    let rows = (0..<height).reversed().map { row in
      let label = row == height - 1 ? labels[0] : row == 0 ? labels[1] : ""
      let blocks = columns.map { block(range > 0 ? ($0 - floor) / range : 0, row) }
      return String(repeating: " ", count: margin - label.count - 1) + label + " " + String(blocks)
    }
    let last = "\(view.last)"
    let gap = max(1, columns.count - 1 - last.count)
    return rows + [String(repeating: " ", count: margin) + "0" + String(repeating: " ", count: gap) + last]
  }

  private func mean(_ column: Int, of count: Int) -> Double {
    let (start, end) = (
      ScheduleView.start(column, of: count, in: 0..<view.steps),
      ScheduleView.start(column + 1, of: count, in: 0..<view.steps)
    )
    let samples = view.samples(64, in: start..<end)
    // Each divided before it is added: two values of the largest size have no sum.
    return samples.reduce(0) { $0 + view.schedule($1) / Double(samples.count) }
  }

  /// What of a column of the given height, from 0 to 1, is in a row.
  private func block(_ share: Double, _ row: Int) -> Character {
    let eighths = Int((share * Double(8 * height)).rounded()) - 8 * row
    // What is lowest still shows as a line.
    let least = row == 0 ? 1 : 0
    return Array(" ▁▂▃▄▅▆▇█")[min(max(eighths, least), 8)]
  }
}
