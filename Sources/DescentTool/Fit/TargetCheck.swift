internal import Problems

/// A target that a model cannot learn, in the words of the file.
struct TargetError: Error, CustomStringConvertible {
  let path: String
  let column: String
  /// From 1, below the column names; nil where the whole column is meant.
  let row: Int?
  let reason: String

  var description: String {
    "\(path): " + (row.map { "row \($0) below the column names: " } ?? "") + "the target \"\(column)\" is \(reason)"
  }
}

extension ModelKind {
  /// Throws for a target that the model cannot learn, and returns the number of classes for softmax.
  func checkTargets(of data: Dataset, path: String) throws -> Int? {
    func wrong(_ row: Int?, _ reason: String) -> TargetError {
      TargetError(path: path, column: data.targetName, row: row, reason: reason)
    }
    var classCount: Int?
    do throws(ProblemError) {
      switch self {
      case .linear: break
      case .logistic: _ = try LogisticRegression(data)
      case .softmax: classCount = try SoftmaxRegression.classCount(of: data)
      }
    } catch .target(let row, let value, let expected) {
      throw wrong(row + 1, "\(value); \(expected), and --model linear learns any number")
    }
    if classCount == 1 { throw wrong(nil, "0 in every row; at least two classes are needed, numbered from 0") }
    return classCount
  }

  /// A warning of so many classes that the target is more likely a quantity: fewer than three rows for each.
  static func warning(classes: Int?, rows: Int, target: String) -> String? {
    guard let classes, classes > 2, rows < 3 * classes else { return nil }
    return "\(classes) classes for \(counted(rows, "row")); if \"\(target)\" is a quantity, --model linear learns it"
  }
}
