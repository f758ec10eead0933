/// Room for the parts of one norm, a leaf per tile, filled by many threads and combined in tile order.
package struct NormTable: ~Copyable, @unchecked Sendable {
  package let leaves: UnsafeMutablePointer<NormLeaf>
  private let scratch: UnsafeMutablePointer<Double>
  private let count: Int

  package init(tiles count: Int) {
    self.count = count
    leaves = .allocate(capacity: max(1, count))
    leaves.initialize(repeating: .zero, count: max(1, count))
    scratch = .allocate(capacity: max(1, count))
    scratch.initialize(repeating: 0, count: max(1, count))
  }

  deinit {
    leaves.deallocate()
    scratch.deallocate()
  }

  /// The part that these leaves make together.
  package func combined<Scalar>(_ range: Range<Int>, by statistic: NormStatistic<Scalar>) -> NormLeaf {
    guard !range.isEmpty else { return .zero }
    return statistic.combined(
      UnsafeBufferPointer(start: leaves + range.lowerBound, count: range.count), scratch: scratch)
  }
}
