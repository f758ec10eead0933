import Foundation

/// How many times as long as Descent each library takes in its best mode: a panel per step, a line per library and scalar.
struct PeerFigure {
  let report: PeerReport

  /// Colours that remain apart for the colour-blind (Okabe and Ito), and marks that remain apart in grey.
  private static let styles: [(library: PeerLibrary, color: String, mark: Int)] = [
    (.torch, "#D55E00", 7), (.optax, "#0072B2", 5), (.numpy, "#009E73", 9),
  ]

  /// From the top of the picture, in its units.
  private let legendHeight = 20.0

  /// A script for gnuplot.
  func script(output: String) -> String {
    let cells = report.cells.filter { !$0.hasZeros }
    let steps = unique(cells.map(\.step))
    let shapes = unique(cells.map(\.shape))
    let columns = max(1, min(5, steps.count))
    let rows = max(1, (steps.count + columns - 1) / columns)
    let width = max(560, 60 + 260 * columns)
    let height = 130 + 270 * rows
    func place(_ y: Int) -> Double { Double(y) / Double(height) }
    let caption =
      "\(report.machine.processor), \(report.threads) threads each; \(report.libraries.joined(separator: ", ")); "
      + "medians and quartiles of \(report.sampling.rounds) rounds; t: tensors, of 5 000 and of 1 000 elements"
    let ticks = shapes.enumerated().map { index, shape in
      "\(Gnuplot.quoted(shape.tensors == 1 ? powerOfTen(shape.count) : powerOfTen(shape.tensors) + "t")) \(index)"
    }
    var lines = [
      "set terminal svg size \(width),\(height) font 'Helvetica,12' background 'white'",
      "set output \(Gnuplot.quoted(output))",
      "set logscale y 10", "set xrange [-0.4:\(Double(shapes.count) - 0.6)]", "set yrange [0.5:1000]",
      "set xtics (\(ticks.joined(separator: ", ")))", "set border 3 linecolor '#444444'",
      "set tics nomirror out", "set grid ytics linetype 1 linecolor '#e4e4e4'",
      "unset key",
      "set multiplot layout \(rows),\(columns) margins \(76.0 / Double(width)),0.99,\(place(70)),\(1 - place(70)) "
        + "spacing \(46.0 / Double(width)),\(place(76))",
      "set label 1 \(Gnuplot.quoted(caption)) at screen 0.5,\(place(16)) center font ',10' textcolor '#666666' noenhanced",
    ]
    // A legend of its own: gnuplot's is as wide as one panel at most.
    for (place, style) in Self.styles.enumerated() {
      let x = 76.0 + 110 * Double(place)
      lines.append(
        "set label \(place + 2) \(Gnuplot.quoted(style.library.title)) at screen \(x / Double(width)),\(1 - legendHeight / Double(height)) "
          + "left point pointtype \(style.mark) linecolor '\(style.color)' offset 1 textcolor '\(style.color)' font ',13'"
      )
    }
    lines.append(
      "set label 5 'full lines: Float, dashed: Double' at screen \(420 / Double(width)),\(1 - legendHeight / Double(height)) "
        + "left textcolor '#444444' font ',13'")
    for (panel, step) in steps.enumerated() {
      var plots = ["1 with lines linewidth 1.2 linecolor '#444444' notitle"]
      for style in Self.styles {
        for scalar in ["Float", "Double"] {
          let points = shapes.enumerated().compactMap { index, shape -> String? in
            let cell = cells.first { $0.step == step && $0.scalar == scalar && $0.shape == shape }
            guard let cell, let best = cell.best(of: style.library) else { return nil }
            let spread = cell.ratio(of: best)
            return "\(index) \(spread.median) \(spread.lowerQuartile) \(spread.upperQuartile)"
          }
          guard !points.isEmpty else { continue }
          let name = "$\(style.library.rawValue)\(scalar)\(panel)"
          lines.append("\(name) << END\n\(points.joined(separator: "\n"))\nEND")
          let isFloat = scalar == "Float"
          let look =
            "linewidth 1.6 linecolor '\(style.color)' pointtype \(isFloat ? style.mark : style.mark - 1) "
            + "pointsize 0.55 dashtype \(isFloat ? 1 : 2)"
          plots.append("\(name) using 1:2:3:4 with yerrorlines \(look) notitle")
        }
      }
      lines.append(panel % columns == 0 ? "set ylabel 'time / time of Descent' offset 1" : "unset ylabel")
      lines.append("set title \(Gnuplot.quoted(step)) noenhanced")
      lines.append("plot " + plots.joined(separator: ", "))
      // One legend and one caption serve all panels.
      lines.append("unset label")
    }
    lines.append("unset multiplot")
    return lines.joined(separator: "\n") + "\n"
  }

  private func powerOfTen(_ count: Int) -> String {
    let exponent = Int(log10(Double(count)).rounded())
    return Int(pow(10, Double(exponent))) == count ? "10^{\(exponent)}" : grouped(count)
  }
}
