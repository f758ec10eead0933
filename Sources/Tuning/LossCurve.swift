internal import Foundation

/// Losses by learning rate, as they were and smoothed.
public struct LossCurve: Sendable, Codable, Hashable {
  /// The rates, ascending.
  public private(set) var learningRates: [Double] = []
  /// The loss before the step with each rate, averaged over the passes.
  public private(set) var losses: [Double] = []
  /// The exponential moving average of the losses with its bias corrected.
  public private(set) var smoothed: [Double] = []

  mutating func append(_ loss: Double, smoothed: Double, at rate: Double) {
    learningRates.append(rate)
    losses.append(loss)
    self.smoothed.append(smoothed)
  }

  /// Where the smoothed loss is least; the first of equal ones, nil for an empty curve.
  public var minimumIndex: Int? { smoothed.indices.min { smoothed[$0] < smoothed[$1] } }

  /// d(smoothed loss) / d(ln η) by central differences, at every point but the first and the last: `slopes[i]` is the slope
  /// at point i + 1.
  public var slopes: [Double] {
    guard smoothed.count >= 3 else { return [] }
    return (1..<smoothed.count - 1).map { point in
      let rise: Double = smoothed[point + 1] - smoothed[point - 1]
      return rise / (log(learningRates[point + 1]) - log(learningRates[point - 1]))
    }
  }

  /// Where the smoothed loss falls fastest; nil with fewer than three points.
  public var steepestIndex: Int? {
    let slopes = slopes
    return slopes.indices.min { slopes[$0] < slopes[$1] }.map { $0 + 1 }
  }
}

/// An exponential moving average that begins with nothing, divided by the weight of what it has seen.
struct MovingAverage {
  let smoothing: Double
  private var average = 0.0
  private var weightOfNothing = 1.0

  init(smoothing: Double) { self.smoothing = smoothing }

  /// The average with one more value.
  mutating func add(_ value: Double) -> Double {
    average = smoothing * average + (1 - smoothing) * value
    weightOfNothing *= smoothing
    return average / (1 - weightOfNothing)
  }
}
