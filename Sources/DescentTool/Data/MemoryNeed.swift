/// What takes memory, and how much.
struct MemoryNeed {
  private let what: String
  private let remedy: String
  let bytes: Double

  /// A table, as far as the beginning of its file tells: its numbers, copies of some rows, and for each row its place in the
  /// order, its class and its scores.
  ///
  /// - Parameters:
  ///   - testShare: the rows that are set aside.
  ///   - folds: how often the others are divided, and copied.
  init(rows: Int, fields: Int, testShare: Double, folds: Int, scores: Int) {
    let copies = testShare + Double(folds) * (1 - testShare)
    bytes = 8 * Double(rows) * (Double(fields) * (1 + copies) + 2 + Double(scores))
    what = "about \(rows) rows of \(fields) numbers\(folds > 0 ? ", copied for \(folds) folds" : "")"
    remedy = "take fewer rows\(folds > 0 ? ", columns or folds" : " or columns")"
  }

  /// The scores of all rows of a classifier, at the end of a fit.
  init(scoresOf rows: Int, classes: Int) {
    bytes = 8 * Double(rows) * Double(classes)
    what = "the scores of \(rows) rows for \(classes) classes"
    remedy = "take fewer rows, or number the classes without gaps"
  }

  /// Throws where it is more than there is.
  func check(_ path: String, available: Int?) throws(MemoryError) {
    guard let available, bytes > Double(available) else { return }
    throw MemoryError(path: path, text: text(available: available), remedy: remedy)
  }

  func text(available: Int?) -> String {
    "\(what), which need about \(ByteCount.text(bytes)) of memory"
      + (available.map { "; \(ByteCount.text($0)) are free" } ?? "")
  }
}

/// What does not fit in memory.
struct MemoryError: Error, CustomStringConvertible {
  let path: String
  fileprivate let text: String
  fileprivate let remedy: String

  var description: String {
    "\(path): \(text); \(remedy), or a larger machine (--ignore-memory goes on all the same)"
  }
}
