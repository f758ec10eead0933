/// Runs on top of each other: loss, learning rate, gradient norm and clip factor, one above the other over the steps.
struct RunPlot {
  /// With more runs, bands would hide each other.
  static let mostBands = 4

  private let runs: [(label: String, history: RunHistory)]

  init(_ runs: [(label: String, history: RunHistory)]) { self.runs = runs }

  /// Draws an SVG.
  func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private struct Panel {
    let name: String
    let curves: [[Double?]]
    var axis: PanelAxis { name == "clip factor" ? PanelAxis(low: 0, high: 1.06) : PanelAxis(fitting: curves) }
  }

  private var panels: [Panel] {
    [
      Panel(name: "loss", curves: runs.map(\.history.losses)),
      Panel(name: "learning rate", curves: runs.map(\.history.learningRates)),
      Panel(name: "gradient norm", curves: runs.map(\.history.gradientNorms)),
      Panel(name: "clip factor", curves: runs.map(\.history.clipFactors)),
    ].filter { panel in panel.curves.contains { $0.contains { $0 != nil } } }
  }

  private var script: String {
    let panels = panels
    let isFinite = panels.allSatisfy { $0.curves.allSatisfy { $0.allSatisfy { $0?.isFinite ?? true } } }
    let sheet = Sheet(panels: panels.count, labels: runs.map(\.label) + (isFinite ? [] : [Self.markLabel]))
    let lastStep = runs.compactMap(\.history.steps.last).max() ?? 1
    var script = """
      \(Gnuplot.style(width: Sheet.width, height: sheet.height))
      set multiplot
      \(sheet.sides)\(sheet.legend)plot \(legendEntries(withMark: !isFinite))
      unset key
      set border 3 lc '#666666'
      set xrange \(lastStep == 1 ? "[0.5:1.5]" : "[1:\(lastStep)]")
      set xtics nomirror \(lastStep <= 10 ? "1" : "autofreq") format ''
      set ytics nomirror

      """
    for (number, panel) in panels.enumerated() {
      let axis = panel.axis
      script += sheet.place(number) + sheet.name(number, panel.name) + axis.script
      if number == panels.count - 1 { script += "set xlabel 'step'\nset xtics format '%.0f'\n" }
      script += curves(panel, axis, upTo: lastStep)
    }
    return script + "unset multiplot\n"
  }

  private static let markLabel = "no longer finite"

  private func legendEntries(withMark: Bool) -> String {
    var entries = runs.enumerated().map { index, run in
      "NaN with \(style(index)) title \"\(Gnuplot.quoted(run.label))\" noenhanced"
    }
    if withMark { entries.append("NaN with \(Pen.mark) lc rgb '#444444' title '\(Self.markLabel)'") }
    return entries.joined(separator: ", ")
  }

  /// A line, which needs two points.
  private func style(_ index: Int) -> String {
    let pen = Pen(index)
    return runs[index].history.steps.count == 1 ? "points pt 7 ps 0.8 \(pen.color)" : pen.line
  }

  /// The data of a panel, and the command that draws them.
  private func curves(_ panel: Panel, _ axis: PanelAxis, upTo lastStep: Int) -> String {
    var (data, bands, lines, marks) = ("", [String](), [String](), [String]())
    for (index, run) in runs.enumerated() {
      let bins = CurveBins(run.history.steps, panel.curves[index], upTo: lastStep)
      let (block, pen) = ("$run\(index)", Pen(index))
      data += "\(block) << EOD\n\(bins.points.isEmpty ? "NaN NaN NaN NaN\n" : bins.points)EOD\n"
      if runs.count <= Self.mostBands { bands.append("\(block) using 1:3:4 with filledcurves \(pen.band)") }
      lines.append("\(block) using 1:2 with \(style(index))")
      if let step = bins.firstNonFinite {
        data += "$mark\(index) << EOD\n\(step) \(axis.markHeight)\nEOD\n"
        marks.append("$mark\(index) with \(Pen.mark) \(pen.color)")
      }
    }
    return data + "plot \((bands + lines + marks).joined(separator: ", "))\n"
  }
}

/// How a run is drawn: seven colours that colour-blind eyes tell apart, then the same in dashes.
///
/// M. Okabe and K. Ito, "Color universal design", 2008, without the yellow, which is too pale for a line.
private struct Pen {
  static let mark = "points pt 2 ps 0.9 lw 2.5"

  let color: String
  private let dash: Int

  init(_ index: Int) {
    let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
    color = "lc rgb '\(colors[index % colors.count])'"
    dash = index / colors.count + 1
  }

  var line: String { "lines lw 1.6 dt \(dash) \(color)" }
  var band: String { "\(color) fs transparent solid 0.15 noborder" }
}

/// Where legend and panels are, in pixels from the upper left corner.
private struct Sheet {
  static let width = 860
  private static let (panel, gap, left, right, bottom) = (165, 16, 84, 18, 58)
  private static let (row, letter) = (21, 7)

  let height: Int
  private let legendHeight: Int
  private let legendRows: Int

  init(panels: Int, labels: [String]) {
    let longest = labels.map(\.count).max() ?? 0
    let columns = max(1, (Self.width - Self.left) / (50 + Self.letter * longest))
    legendRows = (labels.count + columns - 1) / columns
    legendHeight = 20 + Self.row * legendRows
    height = legendHeight + panels * Self.panel + (panels - 1) * Self.gap + Self.bottom
  }

  var sides: String {
    "set lmargin at screen \(Double(Self.left) / Double(Self.width))\n"
      + "set rmargin at screen \(1 - Double(Self.right) / Double(Self.width))\n"
  }

  /// An area of its own above the panels, with nothing in it but the key.
  var legend: String {
    place(from: 0, to: legendHeight)
      + "unset border\nunset tics\nset xrange [0:1]\nset yrange [0:1]\n"
      + "set key top left Left reverse samplen 2.2 width 1 maxrows \(legendRows)\n"
  }

  func place(_ number: Int) -> String {
    let top = top(of: number)
    return place(from: top, to: top + Self.panel)
  }

  /// The name beside a panel; names of axes would not stand in one line.
  func name(_ number: Int, _ name: String) -> String {
    "set label 1 '\(name)' at screen \(11 / Double(Self.width)), "
      + "screen \(fromBelow(top(of: number) + Self.panel / 2)) center rotate\n"
  }

  private func top(of number: Int) -> Int { legendHeight + number * (Self.panel + Self.gap) }

  private func place(from top: Int, to bottom: Int) -> String {
    "set tmargin at screen \(fromBelow(top))\nset bmargin at screen \(fromBelow(bottom))\n"
  }

  private func fromBelow(_ pixels: Int) -> Double { 1 - Double(pixels) / Double(height) }
}
