/// How much of a parameter is taken away, and where.
public enum NaiveWeightDecay: Sendable {
  /// None.
  case none
  /// The gradient of lambda/2 |x|^2 is added to the clipped gradient, before the rule.
  case coupled(NaiveSetting)
  /// The parameter is multiplied by 1 - rate * lambda, before the rule moves it.
  case decoupled(NaiveSetting)
  /// The parameter is multiplied by 1 - lambda, before the rule moves it.
  case independent(NaiveSetting)

  /// lambda of the coupled, decoupled and independent decay after so many updates; two of them are 0.
  func rates(after completedSteps: Int) -> (coupled: Double, decoupled: Double, independent: Double) {
    switch self {
    case .none: (0, 0, 0)
    case .coupled(let lambda): (lambda(completedSteps), 0, 0)
    case .decoupled(let lambda): (0, lambda(completedSteps), 0)
    case .independent(let lambda): (0, 0, lambda(completedSteps))
    }
  }
}
