// The tree that blocks are summed in.

import Tensors
import TestSupport
import Testing

@Suite struct PairwiseSumTests {
  @Test(arguments: [1, 4, 256]) func everyBlockIsTakenOnceInOrder(_ blockSize: Int) {
    for count in 0...1100 {
      var next = 0
      let sum = pairwiseSum(count, blockSize: blockSize) { block in
        #expect(block.lowerBound == next && !block.isEmpty && block.count <= blockSize)
        next = block.upperBound
        return Double(block.count)
      }
      #expect(next == count && sum == Double(count))
    }
  }

  @Test(arguments: [1, 4, 256]) func theHalvesOfAPowerOfTwoAreSummedAlike(_ blockSize: Int) {
    var generator = SeededGenerator(seed: 31)
    for level in 0...9 {
      let half = blockSize << level
      let x: [Double] = uniformVector(count: 2 * half, using: &generator)
      func sum(from first: Int, count: Int) -> Double {
        pairwiseSum(count, blockSize: blockSize) { block in block.reduce(0) { $0 + x[first + $1] } }
      }
      #expect(sum(from: 0, count: 2 * half) == sum(from: 0, count: half) + sum(from: half, count: half))
    }
  }
}
