internal import RealModule

/// How a value goes from one level to another: the fraction of the way that is left when the fraction p is done.
public enum Annealing: String, Sendable, Equatable, Codable, CaseIterable, ParameterValue {
  /// 1 - p.
  case linear

  /// (1 + cos(pi p)) / 2 (Loshchilov and Hutter 2016).
  case cosine

  /// 1 - sqrt(p): falls fast at first (Hägele et al. 2024).
  case oneMinusSquareRoot
}

extension Annealing {
  /// The shares that the two levels have in the value after `step` of `length` steps; a length that is not positive is
  /// over at once.
  ///
  /// Both shares are formed from what is done or left itself, not as 1 minus the other one: so the levels at both ends
  /// are exact, and the first and last steps of a long way keep all their digits. For the cosine this is
  /// (1 + cos(pi p)) / 2 = sin(pi (1 - p) / 2)^2.
  func shares(at step: Double, of length: Double) -> (start: Double, end: Double) {
    guard step < length else { return (0, 1) }
    let done = max(step, 0) / length
    let left = (length - max(step, 0)) / length
    switch self {
    case .linear:
      return (left, done)
    case .cosine:
      let start = Double.sin(left * (.pi / 2))
      let end = Double.sin(done * (.pi / 2))
      return (start * start, end * end)
    case .oneMinusSquareRoot:
      let root = Double.sqrt(done)
      return (left / (1 + root), root)
    }
  }

  /// The value on the way from `start` to `end` after `step` of `length` steps.
  func value(from start: Double, to end: Double, at step: Double, of length: Double) -> Double {
    let shares = shares(at: step, of: length)
    return start * shares.start + end * shares.end
  }
}
