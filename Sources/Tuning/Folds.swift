/// The rows of one fold of a cross-validation.
public struct Fold: Sendable, Hashable {
  /// Which fold, from 0.
  public let index: Int
  /// The rows to train on, ascending.
  public let training: [Int]
  /// The rows to score with, ascending.
  public let validation: [Int]
}

/// A division of rows into folds, each of which validates a model that was trained on the others.
///
/// Nothing is shuffled: the folds are a function of the arguments, and the same as scikit-learn's without shuffling.
/// Rows that are sorted, by target or by time, want ``interleaved(rows:count:)`` or ``stratified(by:count:)``.
///
/// Stone, "Cross-validatory choice and assessment of statistical predictions", 1974; Kohavi, "A study of cross-validation
/// and bootstrap for accuracy estimation and model selection", 1995 (stratified folds).
public struct Folds: Sendable, Codable, Hashable {
  /// How rows were divided.
  public enum Kind: String, Sendable, Codable {
    /// Blocks of neighbouring rows.
    case contiguous
    /// Every k-th row.
    case interleaved
    /// As many of each class in every fold.
    case stratified
    /// Rows of a group stay together.
    case grouped
  }

  /// How rows were divided.
  public let kind: Kind
  /// The number of folds.
  public let count: Int
  /// The fold that each row validates.
  public let assignment: [Int]

  /// The number of rows.
  public var rowCount: Int { assignment.count }

  /// The rows of a fold.
  public subscript(index: Int) -> Fold {
    Fold(
      index: index,
      training: assignment.indices.filter { assignment[$0] != index },
      validation: assignment.indices.filter { assignment[$0] == index })
  }

  /// Blocks of neighbouring rows; the first `rows % count` have one row more (scikit-learn's `KFold`).
  /// - Throws: `TuningError.folds` unless 2 <= count <= rows.
  public static func contiguous(rows: Int, count: Int) throws(TuningError) -> Folds {
    try check(count, atMost: rows, "rows")
    let (size, larger) = rows.quotientAndRemainder(dividingBy: count)
    let assignment = (0..<count).flatMap { Array(repeating: $0, count: size + ($0 < larger ? 1 : 0)) }
    return Folds(kind: .contiguous, count: count, assignment: assignment)
  }

  /// Row i in fold i mod `count`.
  /// - Throws: `TuningError.folds` unless 2 <= count <= rows.
  public static func interleaved(rows: Int, count: Int) throws(TuningError) -> Folds {
    try check(count, atMost: rows, "rows")
    return Folds(kind: .interleaved, count: count, assignment: (0..<rows).map { $0 % count })
  }

  /// The same number of each class in every fold, to within one, and folds of equal size, to within one (scikit-learn's
  /// `StratifiedKFold`).
  ///
  /// Classes are counted off in the order of their first rows: with all rows of the first class, then all of the second
  /// and so on, row i goes to fold i mod `count`; that settles how many of a class a fold has. Which ones: the first of
  /// the class to the first fold, the next to the second. A class with fewer rows than there are folds is missing from
  /// some (scikit-learn warns).
  /// - Throws: `TuningError.folds` unless 2 <= count <= the rows of the largest class.
  public static func stratified<Label: Hashable>(by labels: [Label], count: Int) throws(TuningError) -> Folds {
    var classes: [Label: Int] = [:]
    var rowsOfClass: [[Int]] = []
    for (row, label) in labels.enumerated() {
      if let known = classes[label] {
        rowsOfClass[known].append(row)
      } else {
        classes[label] = rowsOfClass.count
        rowsOfClass.append([row])
      }
    }
    try check(count, atMost: rowsOfClass.map(\.count).max() ?? 0, "rows of the largest class")
    var assignment = [Int](repeating: 0, count: labels.count)
    var counted = 0
    for rows in rowsOfClass {
      let folds = rows.indices.map { (counted + $0) % count }.sorted()
      for (row, fold) in zip(rows, folds) { assignment[row] = fold }
      counted += rows.count
    }
    return Folds(kind: .stratified, count: count, assignment: assignment)
  }

  /// Rows of a group in the same fold, and folds of about equal size (scikit-learn's `GroupKFold`).
  ///
  /// The largest group first, of equal ones the greater first, each group goes to the fold that has the fewest rows, of
  /// equal ones the first.
  /// - Throws: `TuningError.folds` unless 2 <= count <= groups.
  public static func grouped<Group: Hashable & Comparable>(by groups: [Group], count: Int) throws(TuningError) -> Folds
  {
    var sizes: [Group: Int] = [:]
    for group in groups { sizes[group, default: 0] += 1 }
    try check(count, atMost: sizes.count, "groups")
    var rows = [Int](repeating: 0, count: count)
    var foldOfGroup: [Group: Int] = [:]
    for (group, size) in sizes.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }) {
      let lightest = rows.indices.min { rows[$0] < rows[$1] }!
      rows[lightest] += size
      foldOfGroup[group] = lightest
    }
    return Folds(kind: .grouped, count: count, assignment: groups.map { foldOfGroup[$0]! })
  }

  private static func check(_ count: Int, atMost limit: Int, _ what: String) throws(TuningError) {
    guard 2 <= count, count <= limit else {
      throw .folds(
        count: count, requirement: "there must be at least 2 and no more than \(what), of which there are \(limit)")
    }
  }
}
