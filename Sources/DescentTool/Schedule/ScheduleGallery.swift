internal import Descent

/// All kinds of schedule on one page.
struct ScheduleGallery {
  private let columns = 5
  private let steps = 100

  /// Draws an SVG.
  func write(to path: String) throws { try Gnuplot.draw(try script(), to: path) }

  private func script() throws -> String {
    let kinds = Schedule.examples
    let rows = (kinds.count + columns - 1) / columns
    var script = """
      set terminal svg size \(310 * columns),\(225 * rows + 75) dynamic font 'Helvetica,11' background '#ffffff'
      set border 3 lc '#888888'
      set tics nomirror scale 0.5 textcolor '#555555' font ',9'
      set grid lc '#ececec' lw 1 lt 1
      unset key
      set xrange [0:\(steps)]
      set xtics 0,50,\(steps)
      set format y '%g'
      set lmargin 7
      set rmargin 2
      set tmargin 4.2
      set bmargin 2
      set multiplot layout \(rows),\(columns) title "The schedules of Descent over \(steps) steps\\n\
      {/*0.7 blue: curves; orange: operations, on the schedules in grey}" font ',18'

      """
    for (index, kind) in kinds.enumerated() {
      script += try panel(index, kind.kind, kind.example.notation, isCurve: kind.isCurve)
    }
    return script + "unset multiplot\n"
  }

  private func panel(_ index: Int, _ kind: String, _ notation: String, isCurve: Bool) throws -> String {
    let view = ScheduleView(try Schedule(notation: notation), steps: steps + 1)
    let curve = ScheduleCurve(view)
    // A factor of another size would press the curve flat.
    let operands = view.schedule.operands.map { ScheduleCurve(ScheduleView($0, steps: steps + 1)) }
      .filter { $0.highest <= 2.5 * curve.highest }
    let range = ([curve] + operands).map(\.range).reduce(curve.range) { (min($0.0, $1.0), max($0.1, $1.1)) }
    var script = "$curve\(index) << EOD\n\(curve.points)EOD\n"
    script += "unset arrow\n"
    for turn in view.turningPoints where turn < steps {
      script += "set arrow from \(turn), graph 0 to \(turn), graph 1 nohead lc '#bbbbbb' lw 1 dt 3 back\n"
    }
    for (number, operand) in operands.enumerated() {
      script += "$operand\(index)_\(number) << EOD\n\(operand.points)EOD\n"
    }
    let lines = wrapped(notation).map { "\\n{/Courier*0.82 \($0)}" }.joined()
    script += "set title \"{/:Bold*1.15 \(kind)}\(lines)\" offset 0,-0.4\n"
    script += "set yrange [\(range.0):\(range.1)]\nset ytics \(tickDistance(range))\n"
    let others = operands.indices.map { "$operand\(index)_\($0) using 1:2 with lines lw 1.2 lc rgb '#b0b0b0'" }
    let main = "$curve\(index) using 1:2 with lines lw 2 lc rgb '\(isCurve ? "#4269d0" : "#e0871b")'"
    return script + "plot \((others + [main]).joined(separator: ", "))\n"
  }

  /// One or two lines that fit above a panel, broken behind a comma that a name follows.
  private func wrapped(_ notation: String) -> [String] {
    guard notation.count > 52 else { return [notation] }
    let breaks = notation.indices.filter { notation[..<$0].hasSuffix(", ") && notation[$0].isLetter }
    let middle = notation.index(notation.startIndex, offsetBy: notation.count / 2)
    func distance(_ index: String.Index) -> Int { abs(notation.distance(from: index, to: middle)) }
    guard let place = breaks.min(by: { distance($0) < distance($1) }) else { return [notation] }
    return [String(notation[..<place].dropLast()), String(notation[place...])]
  }

  /// A round number that divides the range into two to five parts.
  private func tickDistance(_ range: (Double, Double)) -> Double {
    var distance = 1e-6
    while true {
      for factor in [1.0, 2, 5] where (range.1 - range.0) / (distance * factor) <= 4 { return distance * factor }
      distance *= 10
    }
  }
}
