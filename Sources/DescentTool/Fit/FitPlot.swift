internal import Foundation

/// Loss, learning rate and gradient norm over the steps, one above the other.
struct FitPlot {
  private let history: FitHistory
  private let title: String

  init(_ history: FitHistory, title: String) { (self.history, self.title) = (history, title) }

  /// Draws an SVG.
  func write(to path: String) throws {
    try Gnuplot.draw(script, to: path)
  }

  // A panel shows 300 points at most: the mean of the steps that share one, in a band from the least to the largest.
  private var script: String {
    let panels = [
      ("loss", history.losses, "#4269d0", true), ("learning rate", history.rates, "#e0871b", false),
      ("gradient norm", history.gradientNorms, "#3ca951", true),
    ]
    var script = """
      \(Gnuplot.style(width: 860, height: 820))
      unset key
      set xrange [1:\(max(2, history.losses.count))]
      set lmargin 12
      set rmargin 3
      set multiplot layout 3,1 title "\(Gnuplot.quoted(title))" font ',15'

      """
    for (index, (name, values, color, wantsLog)) in panels.enumerated() {
      let data = "$panel\(index)"
      script += "\(data) << EOD\n" + points(values) + "EOD\n"
      let isLog = wantsLog && values.allSatisfy { $0 > 0 && $0.isFinite }
      script += isLog ? "set logscale y\nset format y '10^{%L}'\n" : "unset logscale y\nset format y '%g'\n"
      script += "set ylabel '\(name)'\n" + (index == 2 ? "set xlabel 'step'\n" : "unset xlabel\n")
      script += "plot \(data) using 1:3:4 with filledcurves lc rgb '\(color)' fs transparent solid 0.2 noborder, "
      script += "\(data) using 1:2 with lines lw 1.6 lc rgb '\(color)'\n"
    }
    return script + "unset multiplot\n"
  }

  private func points(_ values: [Double]) -> String {
    let width = max(1, (values.count + 299) / 300)
    var lines = ""
    for first in stride(from: 0, to: values.count, by: width) {
      let part = values[first..<min(first + width, values.count)].filter(\.isFinite)
      guard let least = part.min(), let largest = part.max() else { continue }
      lines += "\(first + 1) \(part.reduce(0, +) / Double(part.count)) \(least) \(largest)\n"
    }
    return lines
  }
}
