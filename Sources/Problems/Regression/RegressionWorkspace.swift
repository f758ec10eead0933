/// Memory for the blocks of an evaluation, which grows on first use and is then used again.
///
/// It belongs to whoever evaluates: two threads need one each. One workspace can serve different models.
public struct RegressionWorkspace: Sendable {
  /// The features of scattered rows, one after the other.
  var features: [Double] = []

  /// The weights of several outputs, transposed.
  var weights: [Double] = []

  /// The scores of a block, then the slopes of the loss.
  var scores: [Double] = []

  /// An empty workspace.
  public init() {}

  mutating func reserve(features featureCount: Int, weights weightCount: Int, scores scoreCount: Int) {
    if features.count < featureCount { features = [Double](repeating: 0, count: featureCount) }
    if weights.count < weightCount { weights = [Double](repeating: 0, count: weightCount) }
    if scores.count < scoreCount { scores = [Double](repeating: 0, count: scoreCount) }
  }
}
