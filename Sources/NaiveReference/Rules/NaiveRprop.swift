/// Rprop without backtracking (Riedmiller and Braun 1993), as in torch.
///
///     agreement = sign(g) * (sign of g at the step before, 0 where that was not followed)
///     delta = clamp(factor * delta, least, largest)    factor: increase, decrease or 1 by the agreement
///     x = x - rate * sign(g) * delta                   where they do not disagree
public struct NaiveRprop<Scalar: BinaryFloatingPoint & Sendable>: NaiveRule {
  private let decrease, increase: NaiveSetting
  private let initialStep: Double
  private let leastStep: Double
  private let largestStep: Double
  private var delta: [Scalar] = [], before: [Scalar] = []

  /// A rule that has not made a step.
  public init(
    decrease: NaiveSetting = 0.5, increase: NaiveSetting = 1.2, initialStep: Double = 0.01, leastStep: Double = 1e-6,
    largestStep: Double = 50
  ) {
    (self.decrease, self.increase, self.initialStep, self.leastStep) = (decrease, increase, initialStep, leastStep)
    self.largestStep = largestStep
  }

  /// What is kept.
  public var state: [[Scalar]] { [delta, before] }

  /// The equations above.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
    let (decrease, increase) = (step(decrease), step(increase))
    if step.number == 1 { (delta, before) = (filled(initialStep, count: x.count), filled(count: x.count)) }
    for i in x.indices {
      let sign: Scalar = g[i] > 0 ? 1 : g[i] < 0 ? -1 : 0
      let agreement = sign * before[i]
      let factor = agreement > 0 ? Scalar(increase) : agreement < 0 ? Scalar(decrease) : 1
      delta[i] = flushed(min(max(factor * delta[i], Scalar(leastStep)), Scalar(largestStep)))
      before[i] = agreement < 0 ? 0 : sign
      x[i] = x[i] - step.rates[i] * (before[i] * delta[i])
    }
  }
}
