/// What came of a study.
public struct StudyResult: Sendable, Codable, Hashable {
  /// What was to be tried.
  public let study: Study
  /// The number of folds; 1 without.
  public let foldCount: Int
  /// All runs of the objective that have ended, by trial, resource and fold.
  public let evaluations: [Evaluation]
  /// Whether the study ran to its end, and was not cancelled.
  public let isComplete: Bool

  /// The score of every trial with every resource that it was given, where all folds have been evaluated; by trial and
  /// resource.
  public var scores: [Score] {
    Dictionary(grouping: evaluations) { Place(trial: $0.trial, resource: $0.resource, fold: 0) }
      .filter { $0.value.count == foldCount }
      .sorted { $0.key < $1.key }
      .map { Score($0.value) }
  }

  /// The trials, each with its score for the most resource it was given; best first: more of the resource, then a smaller
  /// mean, then a smaller number.
  public var ranking: [Score] {
    Dictionary(grouping: scores, by: \.trial)
      .map { $0.value.last! }
      .sorted { $0.isBetter(than: $1) }
  }

  /// The trial with the least mean loss among those that were given the most; nil where none has a finite loss.
  public var best: Score? {
    let finite = ranking.filter(\.mean.isFinite)
    return finite.first
  }

  /// The trial with the largest value of a numeric parameter whose mean is no further above the best one's than so many of
  /// the best one's standard errors.
  ///
  /// For a learning rate this is the one-standard-error rule of Breiman, Friedman, Olshen and Stone, "Classification and
  /// regression trees", 1984, section 3.4.3, with the larger rate in the place of the smaller tree: of what cannot be told
  /// apart, take the faster. Only trials that were given as much as the best are compared; of equal values the better mean
  /// wins. Without folds there is no standard error, and the best trial is returned.
  ///
  /// - Returns: nil where no trial has a finite loss, or the parameter is not a number.
  public func largest(_ parameter: String, withinStandardErrors count: Double = 1) -> Score? {
    guard let best else { return nil }
    let limit = best.mean + count * (best.standardError ?? 0)
    let candidates = ranking.filter { $0.resource == best.resource && $0.mean <= limit }
    var largest: (value: Double, score: Score)?
    for candidate in candidates {
      guard case .number(let value) = candidate.configuration[parameter] else { return nil }
      if value > largest?.value ?? -.infinity { largest = (value, candidate) }
    }
    return largest?.score
  }
}
