internal import Foundation

/// The vertical axis of a panel: from where to where, and whether logarithmic.
struct PanelAxis {
  /// Where the largest value is more than so many times the median, a linear axis would press half of all into its lowest
  /// part.
  static let logarithmicFrom = 10.0

  let low: Double
  let high: Double
  let isLogarithmic: Bool

  init(low: Double, high: Double, isLogarithmic: Bool = false) {
    (self.low, self.high, self.isLogarithmic) = (low, high, isLogarithmic)
  }

  /// The axis for curves that share a panel.
  init(fitting curves: [[Double?]]) {
    // Beyond these gnuplot's own arithmetic overflows.
    let limit = 1e300
    let sorted = curves.joined().compactMap { $0 }.filter(\.isFinite).map { min(max($0, -limit), limit) }.sorted()
    guard let least = sorted.first, let largest = sorted.last else {
      self.init(low: 0, high: 1)
      return
    }
    func quantile(_ share: Double) -> Double { sorted[Int(share * Double(sorted.count - 1))] }
    // What diverges grows to any size and would press the rest flat: it leaves the panel.
    let starts = curves.compactMap { $0.lazy.compactMap { $0 }.first { $0.isFinite } }
    let usual = max(quantile(0.5), starts.max() ?? 0)
    let top = usual > 1 / limit && usual < limit / 1000 ? min(largest, 1000 * usual) : largest
    if least >= 0, top > Self.logarithmicFrom * max(quantile(0.5), 1 / limit),
      let positive = sorted.first(where: { $0 > 0 })
    {
      // A rate that goes to zero goes down for ever.
      let bottom = max(positive, quantile(0.02) / 2, 1 / limit)
      self.init(low: bottom / 1.3, high: top * 1.3, isLogarithmic: true)
    } else {
      let room = max(top > least ? 0.06 * (top - least) : abs(top), 1 / limit)
      self.init(low: least >= 0 && least < top / 3 ? 0 : least - room, high: top + room)
    }
  }

  /// Where marks of what is not finite stand: just below the upper edge.
  var markHeight: Double {
    isLogarithmic ? pow(low, 0.05) * pow(high, 0.95) : low + 0.95 * (high - low)
  }

  /// The lines of a script that set it.
  var script: String {
    guard isLogarithmic else {
      return "unset logscale y\nset format y '%g'\nset ytics autofreq\nset yrange [\(low):\(high)]\n"
    }
    let format = low > 1e-5 && high < 1e6 ? "%g" : "10^{%L}"
    var tics = "set ytics autofreq\n"
    if high / low < 100 {
      let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      let values = decades.flatMap { decade in [1.0, 2, 5].map { $0 * pow(10, Double(decade)) } }
      tics = "set ytics (\(values.filter { low <= $0 && $0 <= high }.map { "\($0)" }.joined(separator: ", ")))\n"
    }
    return "set logscale y\nset format y '\(format)'\n\(tics)set yrange [\(low):\(high)]\n"
  }
}
