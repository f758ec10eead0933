public import Tensors

/// Classification into two classes by the sign of a score.
///
/// The objective is the mean of log(1 + exp(-y z)) + lambda/2 |w|^2, with z = x w + b, and y = +1 for the target 1 and -1
/// for the target 0. scikit-learn's `LogisticRegression` has the same minimum for C = 1/(n lambda).
public struct LogisticRegression: Regression {
  /// The table, one score for a row, and the penalty.
  public let model: LinearModel

  /// Targets are 0 and 1, or -1 and +1.
  /// - Throws: ``ProblemError`` for a target that is neither, and for a penalty that is negative or not finite.
  public init(_ data: Dataset, penalty: Double = 0, hasIntercept: Bool = true) throws(ProblemError) {
    try LogisticRegression.checkTargets(data)
    model = try LinearModel(data, penalty: penalty, hasIntercept: hasIntercept)
  }

  /// 1/4: the loss of a row has the second derivative p (1 - p), with p the probability of class 1.
  public var largestCurvature: Double { 0.25 }

  /// The losses log(1 + exp(-y z)); their slopes are -y / (1 + exp(y z)).
  ///
  /// The exponential is taken of -|y z| only, so nothing overflows, and what is small beside 1 is not lost.
  public func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double {
    var sum = 0.0
    for i in scores.indices {
      let sign: Double = model.data.targets[rows[i]] > 0 ? 1 : -1
      let margin = sign * scores[i]
      let tail = exponential(-margin.magnitude)
      sum += max(-margin, 0) + logarithm(onePlus: tail)
      scores[i] = -sign * (margin > 0 ? tail : 1) / (1 + tail)
    }
    return sum
  }

  /// How many rows of a table have a score above 0 exactly if their target is the class 1.
  public func quality(
    on data: Dataset, at parameters: ParameterSet<Double>
  ) throws(ProblemError) -> ClassificationQuality {
    try LogisticRegression.checkTargets(data)
    let scores = try scores(for: data, at: parameters)
    let correct = zip(scores, data.targets).count { score, target in (score > 0) == (target > 0) }
    return ClassificationQuality(correct: correct, count: data.rowCount)
  }

  private static func checkTargets(_ data: Dataset) throws(ProblemError) {
    let low: Double = data.targets.contains(-1) ? -1 : 0
    if let row = data.targets.firstIndex(where: { $0 != 1 && $0 != low }) {
      throw .target(
        row: row, value: data.targets[row], expected: "logistic regression learns 0 and 1, or -1 and 1")
    }
  }
}
