/// The sum of the blocks of `0 ..< count`, halves first: a fixed tree for a count.
package func pairwiseSum(_ count: Int, blockSize: Int, _ block: (Range<Int>) -> Double) -> Double {
  func sum(_ range: Range<Int>) -> Double {
    guard range.count > blockSize else { return range.isEmpty ? 0 : block(range) }
    // The largest power of two of blocks below the whole, so that equal halves stay equal.
    var half = blockSize
    while 2 * half < range.count { half *= 2 }
    return sum(range.lowerBound..<range.lowerBound + half) + sum(range.lowerBound + half..<range.upperBound)
  }
  return sum(0..<count)
}
