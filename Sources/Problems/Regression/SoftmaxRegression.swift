public import Tensors

/// Classification into classes 0 ..< k by the largest of k scores (multinomial logistic regression).
///
/// The objective is the mean of -log softmax(z)_target + lambda/2 |W|_F^2, with z = x W + b. The intercepts are fixed only
/// up to a common shift, to which the objective is blind. scikit-learn's `LogisticRegression` has the same minimum for
/// C = 1/(n lambda).
public struct SoftmaxRegression: Regression {
  /// The table, a score for each class, and the penalty.
  public let model: LinearModel

  /// The number of classes.
  public var classCount: Int { model.outputs }

  private let classes: [Int]

  /// - Parameters:
  ///   - data: the table; its targets are the numbers of classes, from 0.
  ///   - classCount: the number of classes; without it, the largest target and 1. To be stated where the table is a part
  ///     that may lack the last class.
  ///   - penalty: lambda.
  ///   - hasIntercept: whether there is a b.
  /// - Throws: ``ProblemError`` for a target that is not one of the classes, for fewer than two classes, and for a
  ///   penalty that is negative or not finite.
  public init(
    _ data: Dataset, classCount: Int? = nil, penalty: Double = 0, hasIntercept: Bool = true
  ) throws(ProblemError) {
    let classCount = if let classCount { classCount } else { try SoftmaxRegression.classCount(of: data) }
    if classCount < 2 {
      throw .invalid("the number of classes", value: Double(classCount), expected: "at least 2 are needed")
    }
    classes = try SoftmaxRegression.classes(of: data, below: classCount)
    model = try LinearModel(data, outputs: classCount, penalty: penalty, hasIntercept: hasIntercept)
  }

  /// The number of classes that the targets of a table speak of: the largest and 1.
  ///
  /// - Throws: ``ProblemError`` for a target that is not a whole number from 0 on, and for one that is at least the number
  ///   of rows: classes are meant to be numbered without gaps.
  public static func classCount(of data: Dataset) throws(ProblemError) -> Int {
    (try classes(of: data, below: max(2, data.rowCount)).max() ?? 0) + 1
  }

  /// 1/2: the second derivative of a row's loss is diag(p) - p p^T, whose largest eigenvalue is at most 1/2.
  public var largestCurvature: Double { 0.5 }

  /// The losses log sum exp(z - z_target); their slopes are softmax(z), less 1 at the target.
  ///
  /// The largest score is subtracted before any exponential is taken, so nothing overflows.
  public func replaceBySlopes(_ scores: UnsafeMutableBufferPointer<Double>, of rows: RowBlock) -> Double {
    var total = 0.0
    for position in 0..<rows.count {
      let first = position * classCount
      let target = first + classes[rows[position]]
      var largest = scores[first]
      for i in first..<first + classCount where scores[i] > largest { largest = scores[i] }
      let targetScore = scores[target]
      var sum = 0.0
      for i in first..<first + classCount {
        scores[i] = exponential(scores[i] - largest)
        sum += scores[i]
      }
      total += logarithm(sum) + (largest - targetScore)
      for i in first..<first + classCount { scores[i] /= sum }
      scores[target] -= 1
    }
    return total
  }

  /// The class of the largest score for each row of a table; of equal scores, the first.
  public func predictedClasses(
    for data: Dataset, at parameters: ParameterSet<Double>
  ) throws(ProblemError) -> [Int] {
    let scores = try scores(for: data, at: parameters)
    return (0..<data.rowCount).map { row in
      var best = row * classCount
      for i in best..<(row + 1) * classCount where scores[i] > scores[best] { best = i }
      return best - row * classCount
    }
  }

  /// How many rows of a table have their largest score at their target.
  public func quality(
    on data: Dataset, at parameters: ParameterSet<Double>
  ) throws(ProblemError) -> ClassificationQuality {
    let classes = try SoftmaxRegression.classes(of: data, below: classCount)
    let predictions = try predictedClasses(for: data, at: parameters)
    let correct = zip(predictions, classes).count { $0 == $1 }
    return ClassificationQuality(correct: correct, count: data.rowCount)
  }

  private static func classes(of data: Dataset, below count: Int) throws(ProblemError) -> [Int] {
    var classes: [Int] = []
    classes.reserveCapacity(data.rowCount)
    for (row, target) in data.targets.enumerated() {
      guard let number = Int(exactly: target), (0..<count).contains(number) else {
        throw .target(
          row: row, value: target, expected: "classes are the whole numbers 0 through \(count - 1)")
      }
      classes.append(number)
    }
    return classes
  }
}
