/// Which configurations are tried, and how much each is given.
///
/// ```swift
/// Search.grid(points: 9)
/// Search.quasiRandom(trials: 30).pruned()
/// Search.random(trials: 27).halving(from: 1, to: 27)
/// Search.hyperband(from: 1, to: 81)
/// ```
///
/// Ties between trials are broken by their numbers, the smaller one first.
public struct Search: Sendable, Codable, Hashable {
  /// How trials climb.
  enum Climb: Codable, Hashable {
    case single
    case halving(from: Int, to: Int, factor: Int)
    case hyperband(from: Int, to: Int, factor: Int)
  }

  /// Where the configurations come from.
  public let sampling: Sampling
  /// How many; nil for all of a grid, or as many as Hyperband wants.
  let trials: Int?
  private(set) var climb = Climb.single
  /// When runs are ended early; nil for never.
  public private(set) var pruning: MedianPruning?

  /// The most evaluations a study may have: what it keeps of them must fit in memory.
  static let evaluationLimit = 10_000_000

  init(_ sampling: Sampling, trials: Int?, climb: Climb = .single) {
    (self.sampling, self.trials, self.climb) = (sampling, trials, climb)
  }

  /// Every combination of so many values per parameter.
  public static func grid(points: Int) -> Search { Search(.grid(points: points), trials: nil) }

  /// Independent draws.
  public static func random(trials: Int) -> Search { Search(.random, trials: trials) }

  /// Points of the shifted Halton sequence.
  public static func quasiRandom(trials: Int) -> Search { Search(.quasiRandom, trials: trials) }

  /// Hyperband: brackets of successive halving, from many trials with the least resource to few with the most.
  ///
  /// - Parameters:
  ///   - least: The resource r of the lowest rung.
  ///   - most: The resource R that none exceeds; the top rung has the largest r ηⁱ that is not above it.
  ///   - factor: η: one in so many trials goes on, to so many times the resource.
  ///   - sampling: Where configurations come from; not a grid.
  public static func hyperband(
    from least: Int, to most: Int, factor: Int = 3, sampling: Sampling = .random
  ) -> Search {
    Search(sampling, trials: nil, climb: .hyperband(from: least, to: most, factor: factor))
  }

  /// The same trials, of which one in `factor` goes on to `factor` times the resource (successive halving).
  ///
  /// - Parameters:
  ///   - least: The resource r of the lowest rung, which all trials get.
  ///   - most: The resource R that none exceeds; the top rung has the largest r ηⁱ that is not above it.
  ///   - factor: η.
  public func halving(from least: Int, to most: Int, factor: Int = 3) -> Search {
    var search = self
    search.climb = .halving(from: least, to: most, factor: factor)
    return search
  }

  /// The same search, in which runs that report worse losses than the median are ended early.
  public func pruned(_ pruning: MedianPruning = MedianPruning()) -> Search {
    var search = self
    search.pruning = pruning
    return search
  }

  /// The brackets of the search in a space.
  /// - Throws: `TuningError` naming what is out of range.
  public func brackets(in space: SearchSpace) throws(TuningError) -> [Bracket] {
    try space.validate()
    try pruning?.validate()
    switch climb {
    case .single:
      return [Bracket(firstTrial: 0, rungs: [Rung(trials: try trialCount(in: space), resource: 1)])]
    case .halving(let least, let most, let factor):
      let resources = try Self.resources("halving", from: least, to: most, factor: factor)
      return [.halving(trials: try trialCount(in: space), resources: resources, factor: factor)]
    case .hyperband(let least, let most, let factor):
      if case .grid = sampling { throw .hyperbandOfGrid }
      let resources = try Self.resources("hyperband", from: least, to: most, factor: factor)
      // The first bracket has η^s_max trials, and all cost about the same.
      guard most / least <= Self.evaluationLimit / resources.count else {
        throw .tooManyEvaluations(limit: Self.evaluationLimit)
      }
      return Bracket.hyperband(resources: resources, factor: factor)
    }
  }

  private func trialCount(in space: SearchSpace) throws(TuningError) -> Int {
    if case .grid(let points) = sampling {
      try TuningError.check(points >= 1, "Search.points", Double(points), "points >= 1")
      guard let count = space.gridCount(points: points, limit: Self.evaluationLimit) else {
        throw .tooManyEvaluations(limit: Self.evaluationLimit)
      }
      return count
    }
    let trials = trials ?? 0
    try TuningError.check(trials >= 1, "Search.trials", Double(trials), "trials >= 1")
    guard trials <= Self.evaluationLimit else { throw .tooManyEvaluations(limit: Self.evaluationLimit) }
    return trials
  }

  private static func resources(
    _ name: String, from least: Int, to most: Int, factor: Int
  ) throws(TuningError) -> [Int] {
    try TuningError.check(least >= 1, "Search.\(name).from", Double(least), "from >= 1")
    try TuningError.check(most >= least, "Search.\(name).to", Double(most), "to >= from, which is \(least)")
    try TuningError.check(factor >= 2, "Search.\(name).factor", Double(factor), "factor >= 2")
    return Bracket.resources(from: least, to: most, factor: factor)
  }
}
