/// What a table takes in memory, as far as the beginning of its file tells.
struct MemoryNeed {
  let rows: Int
  let fields: Int
  /// What the numbers take, a copy of some rows, and for each row its place in the order, its class and its score.
  let bytes: Double

  init(rows: Int, fields: Int, copiedShare: Double) {
    (self.rows, self.fields) = (rows, fields)
    bytes = 8 * Double(rows) * (Double(fields) * (1 + copiedShare) + 3)
  }

  func text(available: Int?) -> String {
    "about \(rows) rows of \(fields) numbers, which need about \(ByteCount.text(bytes)) of memory"
      + (available.map { "; \(ByteCount.text($0)) are free" } ?? "")
  }
}

/// A file whose table does not fit in memory.
struct MemoryError: Error, CustomStringConvertible {
  let path: String
  let need: MemoryNeed
  let available: Int

  var description: String {
    "\(path): \(need.text(available: available)); take fewer rows or columns, or a larger machine (--ignore-memory reads it "
      + "all the same)"
  }
}
