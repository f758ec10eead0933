/// How far a study is.
public struct StudyProgress: Sendable {
  /// The number of evaluations that have ended, those taken from the log included.
  public let finished: Int
  /// The number of evaluations of the whole study; fewer will do where trials diverge.
  public let planned: Int
  /// The evaluation that has just ended.
  public let latest: Evaluation
  /// The best score so far, among trials that were given the most so far; nil where none is finite.
  public let best: Score?
}
