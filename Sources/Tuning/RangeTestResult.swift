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

  /// The rate at which the smoothed loss falls fastest.
  public var steepest: Suggestion {
    if let refusal { return .refused(refusal) }
    let (losses, rates) = (curve.losses, curve.learningRates)
    guard let index = curve.steepestIndex, let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }) else {
      return .refused(.tooFewRates(losses.count))
    }
    if index == losses.count - 2, end == .completed { return .refused(.stillFalling(test.to)) }
    // The smoothed curve lags, so it may fall where the loss itself has long been rising.
    return index < lowest ? .rate(rates[index]) : .refused(.steepestBeyondMinimum(rates[index]))
  }

  /// A tenth of the rate at which the smoothed loss is least.
  public var tenthOfMinimum: Suggestion {
    if let refusal { return .refused(refusal) }
    guard let index = curve.minimumIndex, index < curve.losses.count - 1 || end != .completed else {
      return .refused(.stillFalling(test.to))
    }
    return rate(curve.learningRates[index] / 10)
  }

  /// A tenth of the rate at which the test diverged.
  public var decadeBelowDivergence: Suggestion {
    if let refusal { return .refused(refusal) }
    guard case .diverged(let divergence, _) = end else { return .refused(.neverDiverged(test.to)) }
    return rate(divergence / 10)
  }

  private func rate(_ rate: Double) -> Suggestion { rate < test.from ? .refused(.belowRange(rate)) : .rate(rate) }

  /// What forbids every suggestion.
  private var refusal: Suggestion.Refusal? {
    let opening = 10
    if end == .cancelled { return .cancelled }
    guard curve.losses.count > opening, let minimum = curve.minimumIndex else {
      return .tooFewRates(curve.losses.count)
    }
    if minimum < opening { return .neverFell }
    // How much the loss fell from the mean of its first values to the minimum of the smoothed curve, in standard errors of
    // that difference. The noise is measured by the differences between neighbours, by their median because the last ones
    // may be huge. Of losses that are noise alone, fewer than one curve in a hundred falls by four (10,000 curves of 30 to
    // 200 normal and exponential losses, smoothing 0 to 0.98).
    let differences = zip(curve.losses, curve.losses.dropFirst()).map { abs($1 - $0) }
    let noise = median(of: differences.sorted()) / (0.6745 * 2.0.squareRoot())
    let fall = curve.losses[..<opening].reduce(0, +) / Double(opening) - curve.smoothed[minimum]
    let smoothing = test.smoothing
    let error = noise * (1 / Double(opening) + (1 - smoothing) / (1 + smoothing)).squareRoot()
    if fall <= 0 { return .neverFell }
    return fall > 4 * error ? nil : .noise(fall: fall, standardError: error)
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
    /// The loss fell up to the last rate, which this is.
    case stillFalling(Double)
    /// The loss did not diverge up to the last rate, which this is.
    case neverDiverged(Double)
    /// The smoothed loss falls fastest at this rate, where the loss itself rises again.
    case steepestBeyondMinimum(Double)
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
      case .stillFalling(let rate): "the loss was still falling at the last rate, \(rate); end with a larger one"
      case .neverDiverged(let rate): "the loss did not diverge up to the last rate, \(rate); end with a larger one"
      case .steepestBeyondMinimum(let rate):
        "the smoothed loss falls fastest at \(rate), where the loss itself rises again; smooth less or take more steps"
      case .belowRange(let rate): "\(rate) would be below all rates that were tried; begin with a smaller one"
      }
    }
  }
}
