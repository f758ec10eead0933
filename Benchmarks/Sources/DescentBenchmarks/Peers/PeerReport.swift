import Foundation

/// All that a run against other libraries found; its JSON is this value.
struct PeerReport: Codable {
  let machine: Machine
  /// The libraries with their versions.
  let libraries: [String]
  let sampling: Sampling
  let threads: Int
  let isRealTime: Bool
  let loadBefore: Double
  var loadAfter: Double
  var cells: [PeerCell]
  var bars: [Bar]

  /// The head of the text.
  var header: String {
    """
    \(machine.processor), \(machine.processors) processors, \(machine.system)
    Descent .kernels with \(machine.descentInstructionSet); \(libraries.joined(separator: ", "))
    \(threads) threads each, \(sampling.rounds) rounds, samples of \(significant(sampling.sampleSeconds * 1e3, 2)) ms \
    or more, load average \(significant(loadBefore, 2)), \(isRealTime ? "real-time" : "ordinary") priority
    columns of others: how many times as long as Descent like for like; medians of ratios formed within one round
    """
  }

  /// One step in one scalar type, a row per shape.
  static func table(_ cells: [PeerCell]) -> String {
    guard let first = cells.first else { return "" }
    let own = unique(cells.flatMap { $0.entries.filter { $0.library == nil }.map(\.name) })
    let others = unique(cells.flatMap { $0.entries.filter { $0.library != nil }.map(\.name) })
    var table = TextTable(["n"] + own.map { "\($0), µs" } + others + ["fastest other / Descent"])
    for cell in cells {
      func entry(_ name: String) -> PeerCell.Entry? { cell.entries.first { $0.name == name } }
      var row = [cell.place]
      for name in own { row.append(entry(name).map { significant($0.seconds.median * 1e6, 3) } ?? "-") }
      for name in others { row.append(entry(name).map { significant(cell.ratio(of: $0).median, 3) } ?? "-") }
      row.append(cell.best().map { ratio(cell.ratio(of: $0)) } ?? "-")
      table.add(row)
    }
    var text = "\(first.step), \(first.scalar)\n\(table.text)"
    for (name, reason) in cells.reduce(into: [String: String](), { $0.merge($1.absent) { $1 } }).sorted(by: <) {
      text += "\n\(name): \(reason)"
    }
    return text
  }

  /// The fastest other over Descent, a row per step and a column per shape.
  var summary: String {
    let places = unique(cells.map(\.place))
    return unique(cells.map(\.scalar)).map { scalar in
      var table = TextTable(["step"] + places)
      for step in unique(cells.map(\.step)) {
        let row = cells.filter { $0.step == step && $0.scalar == scalar }
        table.add(
          [step]
            + places.map { place in
              guard let cell = row.first(where: { $0.place == place }), let best = cell.best() else { return "" }
              return "\(significant(cell.ratio(of: best).median, 3)) \(best.name)"
            })
      }
      return "the fastest other over Descent, \(scalar): how many times as long, and who\n\(table.text)"
    }.joined(separator: "\n\n")
  }

  /// The bars on what this run has measured.
  static func bars(_ cells: [PeerCell]) -> [Bar] {
    cells.filter { !$0.hasZeros }.compactMap { cell -> Bar? in
      let name = "\(cell.step), \(cell.scalar), \(cell.shape.name)"
      if cell.shape.tensors == 10_000, let torch = cell.best(of: .torch) {
        return Bar(
          name: name, unit: "times as fast as PyTorch", limit: 10, measured: cell.ratio(of: torch).median,
          isAtLeast: true)
      }
      guard let best = cell.best() else { return nil }
      let isInMemory = cell.shape.count >= 10_000_000
      let limit =
        cell.step == "AdamW + clip"
        ? 1.5 : isInMemory ? 1 : cell.scalar == "Double" && cell.shape.count == 1_000_000 ? 1.3 : 1.5
      return Bar(
        name: name, unit: "times as fast as \(best.name)", limit: limit, measured: cell.ratio(of: best).median,
        isAtLeast: true)
    }
  }
}
