internal import Foundation

/// The loss over the rate, with standard errors.
struct TunePlot {
  private let report: TuneReport

  init(_ report: TuneReport) { self.report = report }

  /// Draws an SVG.
  func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private typealias Candidate = TuneReport.Candidate

  private var script: String {
    let (finite, range) = (report.candidates.filter { $0.loss != nil }, lossRange)
    let (low, high) = (report.candidates.first?.learningRate ?? 1, report.candidates.last?.learningRate ?? 1)
    var script = """
      \(Gnuplot.style(width: 980, height: 460))
      set title "\(Gnuplot.quoted("\(report.model) on \(report.data), \(report.folds) \(report.foldKind) folds"))" noenhanced font ',14'
      set xlabel 'learning rate'
      set ylabel 'loss of the rows held out, mean ± standard error'
      set logscale x
      set format x '10^{%L}'
      set xrange [\(low / 1.5):\(high * 1.5)]
      set yrange [\(range.low):\(range.high)]
      set format y '%g'
      set key outside right top reverse Left samplen 2

      """
    if range.isLog { script += "set logscale y\n" }
    if let best = report.best, let loss = best.loss, let error = best.standardError, error > 0 {
      script += "set object rectangle from graph 0, first \(loss) to graph 1, first \(min(loss + error, range.high)) "
      script += "fc rgb '#e0871b' fs transparent solid 0.15 noborder behind\n"
    }
    if let chosen = report.chosen {
      script += "set arrow from \(chosen.learningRate), graph 0 to \(chosen.learningRate), graph 1 nohead lc '#e0871b' "
      script += "lw 1.5 dt 2 back\n"
    }
    var curves: [String] = []
    let curvesByEpochs = Dictionary(grouping: finite, by: \.epochs).sorted { $0.key < $1.key }
    for (place, (epochs, candidates)) in curvesByEpochs.enumerated() {
      // The more epochs, the darker.
      let lightness = 1 - Double(place + 1) / Double(curvesByEpochs.count)
      let style = "using 1:2:3 with yerrorlines pt 7 ps 0.6 lw 1.5 lc rgb '\(Self.blue(lightness))'"
      add(
        candidates.filter { $0.loss! <= range.high }, to: &script, &curves,
        style + " title '\(epochs) \(epochs == 1 ? "epoch" : "epochs")'")
    }
    add(
      finite.filter { $0.loss! > range.high }, at: range.marks, to: &script, &curves,
      "using 1:2 with points pt 9 ps 1.2 lc rgb '#4269d0' title 'far above'")
    add(
      report.candidates.filter { $0.loss == nil }, at: range.marks, to: &script, &curves,
      "using 1:2 with points pt 2 ps 1 lw 2 lc rgb '#d04255' title 'diverged'")
    if let best = report.best {
      add([best], to: &script, &curves, "using 1:2 with points pt 6 ps 1.6 lw 2 lc rgb '#e0871b' title 'best'")
    }
    // The dashed line, for the key.
    if report.chosen != nil {
      curves.append("keyentry with lines lc rgb '#e0871b' lw 1.5 dt 2 title 'largest within 1 s.e.'")
    }
    return script + "plot \(curves.joined(separator: ", "))\n"
  }

  /// Adds candidates as a block of data, at a height of their own or at their losses, and how they are drawn.
  private func add(
    _ candidates: [Candidate], at height: Double? = nil, to script: inout String, _ curves: inout [String],
    _ style: String
  ) {
    guard !candidates.isEmpty else { return }
    let lines = candidates.map { "\($0.learningRate) \(height ?? $0.loss!) \($0.standardError ?? 0)\n" }
    script += "$data\(curves.count) << EOD\n\(lines.joined())EOD\n"
    curves.append("$data\(curves.count) \(style)")
  }

  /// From the least loss to what rates too small leave, or some times the least: what is about to diverge has losses of
  /// any size, which would press the rest flat. With a logarithm where that is still a wide range.
  private var lossRange: (low: Double, high: Double, marks: Double, isLog: Bool) {
    let finite = report.candidates.filter { $0.loss != nil }
    guard let best = report.best, let least = finite.compactMap(\.loss).min(), let smallest = finite.first?.loss else {
      return (0, 1, 0.9, false)
    }
    let error = best.standardError ?? 0
    let limit = max(smallest, least + 3 * abs(least), least + 10 * error)
    let top = finite.compactMap(\.loss).filter { $0 <= limit }.max() ?? limit
    if least > 0, top > 20 * least { return (least / 1.5, top * 2, top * 1.5, true) }
    let room = max(0.08 * (top - least), 3 * error, 0.02 * abs(least))
    return (least - room, top + 2 * room, top + room, false)
  }

  /// The blue of the house, mixed with white.
  private static func blue(_ lightness: Double) -> String {
    "#" + [0x42, 0x69, 0xd0].map { String(Int($0 + 0.75 * lightness * (255 - $0)), radix: 16) }.joined()
  }
}
