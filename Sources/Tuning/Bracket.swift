/// So many trials, each run with so much of the resource.
public struct Rung: Sendable, Codable, Hashable {
  /// The number of trials, fewer where some before diverged.
  public let trials: Int
  /// What each is run with, from the beginning: steps, epochs, rows, whatever the objective understands by it.
  public let resource: Int

  /// A rung.
  public init(trials: Int, resource: Int) { (self.trials, self.resource) = (trials, resource) }
}

/// Trials with consecutive numbers that compete: from each rung the best go on to the next, where fewer get more.
///
/// Every search is a list of brackets. A grid and a random search have one with one rung, successive halving has one with
/// several, Hyperband has several; and each trial on each rung is evaluated once, or once per fold.
public struct Bracket: Sendable, Codable, Hashable {
  /// The number of the first trial.
  public let firstTrial: Int
  /// The rungs, in the order in which they are climbed.
  public let rungs: [Rung]

  /// A bracket.
  public init(firstTrial: Int, rungs: [Rung]) { (self.firstTrial, self.rungs) = (firstTrial, rungs) }

  /// The numbers of its trials.
  public var trials: Range<Int> { firstTrial..<firstTrial + (rungs.first?.trials ?? 0) }
}

extension Bracket {
  /// Successive halving: rung i has ⌊n / ηⁱ⌋ trials, at least one, with resource r ηⁱ, up to the largest that is not above
  /// R.
  ///
  /// Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016; the form with
  /// r, R and η is SHA of Li et al., "A system for massively parallel hyperparameter tuning", 2020, algorithm 1, which
  /// demands n large enough for one trial to be left at the top. Here the last trial climbs alone.
  static func halving(firstTrial: Int = 0, trials: Int, resources: [Int], factor: Int) -> Bracket {
    var count = trials
    return Bracket(
      firstTrial: firstTrial,
      rungs: resources.map { resource in
        defer { count /= factor }
        return Rung(trials: max(1, count), resource: resource)
      })
  }

  /// Hyperband: the brackets s = ⌊log_η(R / r)⌋ ... 0. Bracket s begins with ⌈(s_max + 1) ηˢ / (s + 1)⌉ trials on the
  /// rung that is s below the top, so that all cost about the same.
  ///
  /// Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization", 2018, algorithm 1. The paper
  /// counts resources down from R, as R η^(-s); here they go up from r, as r ηⁱ, which are whole numbers and the same if
  /// R is r times a power of η.
  static func hyperband(resources: [Int], factor: Int) -> [Bracket] {
    var brackets: [Bracket] = []
    var firstTrial = 0
    for first in resources.indices {
      let s = resources.count - 1 - first
      let trials = (resources.count * factor.power(s) + s) / (s + 1)
      brackets.append(
        .halving(firstTrial: firstTrial, trials: trials, resources: Array(resources[first...]), factor: factor))
      firstTrial += trials
    }
    return brackets
  }

  /// r, r η, r η², ... up to the largest that is not above R.
  static func resources(from least: Int, to most: Int, factor: Int) -> [Int] {
    var resources = [least]
    while resources[resources.count - 1] <= most / factor { resources.append(resources[resources.count - 1] * factor) }
    return resources
  }
}

extension Int {
  fileprivate func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * self } }
}
