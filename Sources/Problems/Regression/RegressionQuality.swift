/// How well real-valued predictions meet their targets.
public struct RegressionQuality: Sendable, Equatable {
  /// The mean of the squared residuals.
  public let meanSquaredError: Double

  /// R^2 = 1 - sum of squared residuals / sum of squared deviations of the targets from their mean.
  ///
  /// 1 is perfect, 0 as good as predicting the mean, and it can be any amount below 0. Where all targets are equal the
  /// quotient is not defined: then 1 for predictions without error and 0 for others, as in scikit-learn.
  public let rSquared: Double

  package init(predictions: [Double], targets: [Double]) {
    let count = Double(targets.count)
    let mean = targets.reduce(0, +) / count
    var (residuals, deviations) = (0.0, 0.0)
    for (prediction, target) in zip(predictions, targets) {
      residuals += (prediction - target) * (prediction - target)
      deviations += (target - mean) * (target - mean)
    }
    let isConstant = targets.allSatisfy { $0 == targets[0] }
    meanSquaredError = residuals / count
    rSquared = isConstant ? (residuals == 0 ? 1 : 0) : 1 - residuals / deviations
  }
}

/// How many rows a classifier puts into their class.
public struct ClassificationQuality: Sendable, Equatable {
  /// The number of rows whose predicted class is their target.
  public let correct: Int

  /// The number of rows.
  public let count: Int

  /// correct / count.
  public var accuracy: Double { Double(correct) / Double(count) }
}
