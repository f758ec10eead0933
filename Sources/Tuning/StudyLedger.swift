/// What a study has found so far.
struct StudyLedger: Sendable {
  let foldCount: Int
  private(set) var evaluations: [Place: Evaluation] = [:]
  /// The score of each trial for the most resource that it was given.
  private var scores: [Int: Score] = [:]
  private(set) var best: Score?

  init(foldCount: Int) { self.foldCount = foldCount }

  mutating func add(_ evaluation: Evaluation) {
    evaluations[evaluation.place] = evaluation
    guard let score = score(trial: evaluation.trial, resource: evaluation.resource),
      score.resource >= scores[score.trial]?.resource ?? 0
    else { return }
    scores[score.trial] = score
    if score.mean.isFinite {
      if best.map(score.isBetter) ?? true { best = score }
    } else if best?.trial == score.trial {
      // What was best has diverged with more of the resource.
      best = scores.values.filter(\.mean.isFinite).min { $0.isBetter(than: $1) }
    }
  }

  /// The score of a trial, where all its folds have been evaluated.
  func score(trial: Int, resource: Int) -> Score? {
    var folds: [Evaluation] = []
    for fold in 0..<foldCount {
      guard let evaluation = evaluations[Place(trial: trial, resource: resource, fold: fold)] else { return nil }
      folds.append(evaluation)
    }
    return Score(folds)
  }
}
