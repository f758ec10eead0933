internal import Foundation

/// What a range test found.
public struct RangeTestResult: Sendable, Codable, Hashable {
  /// How a test ended.
  public enum End: Sendable, Codable, Hashable {
    /// All rates were tried.
    case completed
    /// The loss became too large or not finite, or a step was refused, at this rate.
    case diverged(learningRate: Double, reason: String)
    /// By its flag.
    case cancelled
  }

  /// The test.
  public let test: RangeTest
  /// The losses. A loss that was not finite is not among them.
  public let curve: LossCurve
  /// How it ended.
  public let end: End

  init(_ test: RangeTest, _ curve: LossCurve, _ end: End) { (self.test, self.curve, self.end) = (test, curve, end) }

  /// The rate at which the smoothed loss falls fastest, of those where it falls by more than the noise explains.
  public var steepest: Suggestion {
    if let refusal { return .refused(refusal) }
    let (losses, slopes) = (curve.losses, curve.slopes)
    let steep = slopes.indices.map { $0 + 1 }.filter { point in
      let fall = curve.smoothed[point - 1] - curve.smoothed[point + 1]
      let (before, after) = (weight(ofPoint: point), weight(ofPoint: point + 1))
      return fall > significance * noise * (before * before + after * after).squareRoot()
    }
    guard let index = steep.min(by: { slopes[$0 - 1] < slopes[$1 - 1] }) else { return .refused(.nowhereSteep) }
    if index == losses.count - 2, end == .completed { return .refused(.stillFalling(test.to)) }
    return suggestion(curve.learningRates[index])
  }

  /// A tenth of the rate at which the smoothed loss is least.
  public var tenthOfMinimum: Suggestion {
    if let refusal { return .refused(refusal) }
    guard let index = curve.minimumIndex, index < curve.losses.count - 1 || end != .completed else {
      return .refused(.stillFalling(test.to))
    }
    return suggestion(curve.learningRates[index] / 10)
  }

  /// A tenth of the rate at which the test diverged.
  public var decadeBelowDivergence: Suggestion {
    if let refusal { return .refused(refusal) }
    guard case .diverged(let divergence, _) = end else { return .refused(.neverDiverged(test.to)) }
    return suggestion(divergence / 10)
  }

  /// A rate that the curve can vouch for: one that was tried, and below the one where the loss itself was least. The
  /// smoothed curve lags, so that what is read off it may lie where the loss has long been rising.
  private func suggestion(_ rate: Double) -> Suggestion {
    if rate < test.from { return .refused(.belowRange(rate)) }
    let lowest = curve.losses.indices.min { curve.losses[$0] < curve.losses[$1] } ?? 0
    return rate < curve.learningRates[lowest] ? .rate(rate) : .refused(.beyondMinimum(rate))
  }

  /// What forbids every suggestion.
  private var refusal: Suggestion.Refusal? {
    let opening = 10
    if end == .cancelled { return .cancelled }
    guard curve.losses.count > opening, let minimum = curve.minimumIndex else {
      return .tooFewRates(curve.losses.count)
    }
    if minimum < opening { return .neverFell }
    // From the mean of the first losses to the minimum of the smoothed curve.
    let fall = curve.losses[..<opening].reduce(0, +) / Double(opening) - curve.smoothed[minimum]
    let smoothing = test.smoothing
    let error = noise * (1 / Double(opening) + (1 - smoothing) / (1 + smoothing)).squareRoot()
    if fall <= 0 { return .neverFell }
    return fall > significance * error ? nil : .noise(fall: fall, standardError: error)
  }

  /// How many standard errors a fall must have. Of losses that are nothing but noise six curves in a thousand fall by four
  /// (48,000 curves of 30 to 200 normal or exponential losses, smoothing 0 to 0.98).
  private var significance: Double { 4 }

  /// The standard deviation of a loss around its trend: by second differences, which a smooth trend leaves small, and by
  /// their median, because the last ones may be huge. 0.6745 is the median of |z| for a standard normal z, and 6 the sum of
  /// the squares of 1, -2, 1.
  private var noise: Double {
    let losses = curve.losses
    let differences = (1..<losses.count - 1).map { point in
      let neighbours: Double = losses[point - 1] + losses[point + 1]
      return abs(neighbours - 2 * losses[point])
    }
    return median(of: differences.sorted()) / (0.6745 * 6.0.squareRoot())
  }

  /// What the smoothed loss at a point has of the loss there.
  private func weight(ofPoint index: Int) -> Double {
    (1 - test.smoothing) / (1 - pow(test.smoothing, Double(index + 1)))
  }
}

/// A learning rate that a range test suggests, or why it suggests none.
public enum Suggestion: Sendable, Codable, Hashable {
  /// The rate.
  case rate(Double)
  /// None: the curve does not show one.
  case refused(Refusal)

  /// The rate, or nil.
  public var learningRate: Double? { if case .rate(let rate) = self { rate } else { nil } }

  /// Why there is none, or nil.
  public var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }

  /// Why a curve does not show a rate.
  public enum Refusal: Sendable, Codable, Hashable, CustomStringConvertible {
    /// The test was cancelled.
    case cancelled
    /// The test ended after so few rates.
    case tooFewRates(Int)
    /// The smoothed loss was never below its first values.
    case neverFell
    /// The loss fell by no more than its noise explains.
    case noise(fall: Double, standardError: Double)
    /// The loss fell, but nowhere from one rate to the next by more than its noise explains.
    case nowhereSteep
    /// The loss fell up to the last rate, which this is.
    case stillFalling(Double)
    /// The loss did not diverge up to the last rate, which this is.
    case neverDiverged(Double)
    /// The rate is not below the one at which the loss itself was least.
    case beyondMinimum(Double)
    /// The rate is below all that were tried.
    case belowRange(Double)

    /// What the curve lacks and what to change.
    public var description: String {
      switch self {
      case .cancelled: "the test was cancelled"
      case .tooFewRates(let count):
        "the test ended after \(count) rates, too few to judge by; begin with a smaller rate or take more steps"
      case .neverFell: "the loss never fell below its first values; begin with a smaller rate, or check the gradient"
      case .noise(let fall, let standardError):
        "the loss fell by \(fall), no more than its noise explains (standard error \(standardError)); average more passes "
          + "or take larger batches"
      case .nowhereSteep:
        "the loss fell, but nowhere fast enough to tell from its noise; average more passes or take larger batches"
      case .stillFalling(let rate): "the loss was still falling at the last rate, \(rate); end with a larger one"
      case .neverDiverged(let rate): "the loss did not diverge up to the last rate, \(rate); end with a larger one"
      case .beyondMinimum(let rate):
        "the smoothed curve suggests \(rate), but the loss itself was least at a smaller rate; smooth less or take more steps"
      case .belowRange(let rate): "\(rate) would be below all rates that were tried; begin with a smaller one"
      }
    }
  }
}
