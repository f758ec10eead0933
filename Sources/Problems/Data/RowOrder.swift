/// The rows of a table in random order, which depends on nothing but their number, a seed and the number of the epoch.
///
/// Epoch 0 is the order of a new value. Any epoch can be asked for in any sequence, so a run that is resumed in the
/// middle sees the same batches as one that was not.
public struct RowOrder: Sendable, Equatable {
  /// The numbers 0 ..< rowCount, each once.
  public private(set) var rows: [Int]

  /// The seed that was given.
  public let seed: UInt64

  /// The order of epoch 0. A count below 1 gives no rows.
  public init(rowCount: Int, seed: UInt64) {
    rows = [Int](0..<max(0, rowCount))
    self.seed = seed
    shuffle(epoch: 0)
  }

  /// Puts the rows into the order of an epoch.
  ///
  /// Fisher and Yates's shuffle (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 P) of the ascending order,
  /// driven by SplitMix64. Nothing is allocated while nobody else holds a copy of ``rows``.
  public mutating func shuffle(epoch: UInt64) {
    var generator = SplitMix64(seed: seed, stream: epoch)
    for i in rows.indices { rows[i] = i }
    for i in stride(from: rows.count - 1, to: 0, by: -1) {
      rows.swapAt(i, Int(generator.next(below: UInt64(i) + 1)))
    }
  }
}
