internal import Foundation

/// The curve of a range test, as it was and smoothed, with the rates that it suggests.
struct RangePlot {
  private let report: RangeReport

  init(_ report: RangeReport) { self.report = report }

  /// Draws an SVG.
  func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private var script: String {
    let curve = report.learningRates.indices.map {
      "\(report.learningRates[$0]) \(report.losses[$0]) \(report.smoothed[$0])\n"
    }
    // What diverges has losses of any size, which would press the rest flat.
    let first = report.smoothed.first ?? 1
    let least = min(report.losses.min() ?? 0, report.smoothed.min() ?? 0)
    let room = max(0.08 * abs(first - least), 1e-3 * abs(first), .leastNormalMagnitude)
    let high = first + max(0.6 * abs(first - least), room)
    var script = """
      \(Gnuplot.style(width: 980, height: 460))
      set title "\(Gnuplot.quoted("\(report.model) on \(report.data), range test"))" noenhanced font ',14'
      set xlabel 'learning rate'
      set ylabel 'loss before the step with the rate'
      set logscale x
      set format x '10^{%L}'
      set format y '%g'
      set yrange [\(least - room):\(high)]
      set key outside right top reverse Left samplen 2
      $curve << EOD
      \(curve.joined())EOD

      """
    var curves = [
      "$curve using 1:2 with lines lw 1.2 lc rgb '#b0b0b0' title 'loss'",
      "$curve using 1:3 with lines lw 2 lc rgb '#4269d0' title 'smoothed'",
    ]
    let colors = ["#e0871b", "#3ca951", "#d04255"]
    for (reading, color) in zip(report.suggestions, colors) {
      guard let rate = reading.learningRate else { continue }
      script += "set arrow from \(rate), graph 0 to \(rate), graph 1 nohead lc '\(color)' lw 1.5 dt 2 back\n"
      curves.append(
        "keyentry with lines lc rgb '\(color)' lw 1.5 dt 2 title '\(reading.name): \(String(format: "%.3g", rate))'")
    }
    return script + "plot \(curves.joined(separator: ", "))\n"
  }
}
