/// The time over the floor's time, over the length of the vectors: one panel per scalar type, one line per engine.
struct Figure {
  let operation: Operation
  let measurements: [Measurement]
  let caption: String

  /// Draws the picture as an SVG file.
  func write(to path: String, gnuplot: Gnuplot) throws { try gnuplot.draw(script(output: path), to: path) }

  /// Colours that remain apart for the colour-blind (Okabe and Ito), and marks that remain apart in grey.
  private static let styles: [(engine: Engine, color: String, mark: Int)] = [
    (.descentKernels, "#0072B2", 7), (.descentBLAS, "#D55E00", 5), (.wholeVectorBLAS, "#009E73", 9),
    (.naive, "#777777", 13),
  ]

  private func script(output: String) -> String {
    let scalars = ["Double", "Float"].filter { scalar in measurements.contains { $0.scalar == scalar } }
    let all = measurements.filter { $0.operation == operation && $0.engine != .floor }
    let highest = all.map(\.ratioToFloor.upperQuartile).max() ?? 1
    let counts = Set(all.map(\.count))
    let (least, greatest) = (Double(counts.min() ?? 1), Double(counts.max() ?? 1))
    var lines = [
      "set terminal svg size \(90 + 420 * scalars.count),480 font 'Helvetica,13' background 'white'",
      "set output \(Gnuplot.quoted(output))",
      "set logscale x 10", "set logscale y 2",
      "set xrange [\(least / 2):\(greatest * 2)]", "set yrange [0.5:\(max(2, highest * 1.4))]",
      "set format x '10^{%L}'", "set xlabel 'elements'", "set border 3 linecolor '#444444'",
      "set tics nomirror out", "set grid ytics linetype 1 linecolor '#e4e4e4'",
      "set key at screen 0.5,0.985 center top horizontal Left reverse noenhanced samplen 2",
      "set multiplot layout 1,\(scalars.count) margins 0.09,0.985,0.19,0.79 spacing 0.07",
      "set label 1 \(Gnuplot.quoted(caption)) at screen 0.5,0.03 center font ',11' textcolor '#666666' noenhanced",
      "set label 2 'memory floor' at graph 0.02,first 0.9 font ',11' textcolor '#444444'",
    ]
    for (panel, scalar) in scalars.enumerated() {
      var plots = ["1 with lines linewidth 1.2 dashtype 2 linecolor '#444444' notitle"]
      for style in Self.styles {
        let rows = all.filter { $0.scalar == scalar && $0.engine == style.engine }
        guard !rows.isEmpty else { continue }
        let name = "$\(style.engine)\(panel)"
        lines.append("\(name) << END")
        lines += rows.map { row in
          let spread = row.ratioToFloor
          return "\(row.count) \(spread.median) \(spread.lowerQuartile) \(spread.upperQuartile)"
        }
        lines.append("END")
        let look = "linewidth 2 linecolor '\(style.color)' pointtype \(style.mark) pointsize 0.7"
        plots.append("\(name) using 1:2:3:4 with yerrorlines \(look) title '\(style.engine.rawValue)'")
      }
      lines.append(panel == 0 ? "set ylabel 'time / memory floor'" : "unset ylabel")
      lines.append("set title '\(operation.rawValue), \(scalar)'")
      lines.append("plot " + plots.joined(separator: ", "))
      // One legend and one caption serve both panels.
      lines += ["unset key", "unset label 1"]
    }
    lines.append("unset multiplot")
    return lines.joined(separator: "\n") + "\n"
  }
}
