internal import Descent

/// One schedule as a picture.
struct SchedulePlot {
  private let view: ScheduleView

  init(_ view: ScheduleView) { self.view = view }

  /// Draws an SVG.
  func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private var script: String {
    let curve = ScheduleCurve(view)
    let turns = view.turningPoints.prefix(40).map {
      "set arrow from \($0), graph 0 to \($0), graph 1 nohead lc '#c8c8c8' lw 1 dt 3 back\n"
    }
    return """
      \(Gnuplot.style(width: 860, height: 420))
      unset key
      set title "\(Gnuplot.quoted(title))" noenhanced font ',14'
      set xlabel 'completed steps'
      set xrange [0:\(view.steps)]
      set yrange [\(curve.range.0):\(curve.range.1)]
      set format y '%g'
      set rmargin 4
      \(turns.joined())$curve << EOD
      \(curve.points)EOD
      plot $curve using 1:2 with lines lw 2 lc rgb '#4269d0'

      """
  }

  /// The notation, or the beginning of one that is wider than the picture.
  private var title: String {
    let text = view.schedule.notation
    return text.count > 105 ? text.prefix(104) + "…" : text
  }
}
