public import Tensors

/// Least squares with an L2 penalty (ridge regression).
///
/// The objective is 1/(2n) sum (x w + b - y)^2 + lambda/2 |w|^2 over the n selected rows. scikit-learn's `Ridge` has the
/// same minimum for alpha = n lambda.
public struct LinearRegression: Regression {
  /// The table, one score for a row, and the penalty.
  public let model: LinearModel

  /// - Throws: ``ProblemError`` for a penalty that is negative or not finite.
  public init(_ data: Dataset, penalty: Double = 0, hasIntercept: Bool = true) throws(ProblemError) {
    model = try LinearModel(data, penalty: penalty, hasIntercept: hasIntercept)
  }

  /// 1: the loss of a row is half a square.
  public var largestCurvature: Double { 1 }

  /// The halved squares of the residuals; their slopes are the residuals.
  public func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double {
    var sum = 0.0
    for i in scores.indices {
      let residual = scores[i] - model.data.targets[rows[i]]
      scores[i] = residual
      sum += residual * residual
    }
    return sum / 2
  }

  /// How well the scores of a table's rows meet their targets.
  public func quality(
    on data: Dataset, at parameters: ParameterSet<Double>
  ) throws(ProblemError) -> RegressionQuality {
    RegressionQuality(predictions: try scores(for: data, at: parameters), targets: data.targets)
  }
}
