// The rate that drops when a line through the reported metrics is no longer likely to fall.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A plateau by the slope of the last n metrics (to be minimised; one to be maximised is negated first).
///
/// With positions i = 0 ... n - 1, their mean (n - 1) / 2 and the mean M of the metrics:
///
///     s     = sum (i - mean) (M_i - M) / sum (i - mean)^2
///     sigma = sqrt(sum (M_i - M - s (i - mean))^2 / (n - 2) / sum (i - mean)^2)
///     P     = Phi((-margin - s) / sigma);  1 or 0 if sigma is 0
///     bad   = bad + 1 if P < least probability or the metric is not finite, else 0
///     at bad = patience: multiplier = max(multiplier * factor, floor), and no metrics are left
public struct NaiveSlopePlateau: Sendable {
  let factor: Double
  let window: Int
  let patience: Int
  let leastProbability: Double
  let margin: Double
  let floor: Double
  let isMaximizing: Bool

  /// The multiplier, 1 at first.
  public private(set) var multiplier = 1.0
  private var metrics: [Double] = []
  private var bad = 0

  /// A controller that has seen no metric.
  public init(
    factor: Double, window: Int, patience: Int, leastProbability: Double, margin: Double, floor: Double,
    isMaximizing: Bool
  ) {
    (self.factor, self.window, self.patience) = (factor, window, patience)
    (self.leastProbability, self.margin, self.floor) = (leastProbability, margin, floor)
    self.isMaximizing = isMaximizing
  }

  /// Takes one report.
  public mutating func report(_ metric: Double) {
    if metric.isFinite {
      metrics = Array((metrics + [isMaximizing ? -metric : metric]).suffix(window))
      guard metrics.count == window else { return }
      bad = probability() < leastProbability ? bad + 1 : 0
    } else {
      bad = bad + 1
    }
    if bad >= patience {
      let reduced = max(multiplier * factor, floor)
      if reduced < multiplier { multiplier = reduced }
      metrics = []
      bad = 0
    }
  }

  private func probability() -> Double {
    let n = Double(window)
    let middle = (n - 1) / 2
    let mean = metrics.reduce(0, +) / n
    var (moment, spread) = (0.0, 0.0)
    for i in 0..<window {
      moment = moment + (Double(i) - middle) * (metrics[i] - mean)
      spread = spread + (Double(i) - middle) * (Double(i) - middle)
    }
    let slope = moment / spread
    var residual = 0.0
    for i in 0..<window {
      let r = metrics[i] - mean - slope * (Double(i) - middle)
      residual = residual + r * r
    }
    let deviation = (residual / (n - 2) / spread).squareRoot()
    if deviation == 0 { return -margin - slope > 0 ? 1 : 0 }
    return 0.5 * erfc(-(-margin - slope) / deviation / 2.0.squareRoot())
  }
}
