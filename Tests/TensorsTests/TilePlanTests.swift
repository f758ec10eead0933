// How tensors are cut into tiles.

import Tensors
import TestSupport
import Testing

@Suite struct TilePlanTests {
  @Test(arguments: [[], [0], [1], [8192], [8193], [10_000], [100_000, 3, 0, 8191], [Int](repeating: 7, count: 5000)])
  func tilesCoverEveryTensorOnceAndStayWithinIt(_ counts: [Int]) {
    let plan = TilePlan(counts: counts)
    #expect(plan.count == counts.reduce(0, +))
    #expect(plan.tensors.count == counts.count)
    for (tensor, count) in counts.enumerated() {
      var next = 0
      for index in plan.tensors[tensor] {
        let tile = plan.tiles[index]
        #expect(tile.tensor == tensor && tile.start == next && tile.count > 0 && tile.count <= TilePlan.capacity)
        next += Int(tile.count)
      }
      #expect(next == count)
    }
    #expect(plan.chunks.flatMap { $0 } == Array(plan.tiles.indices))
    for chunk in plan.chunks {
      let elements = plan.tiles[chunk].reduce(0) { $0 + Int($1.count) }
      #expect(chunk.count == 1 || elements <= TilePlan.capacity)
    }
  }

  @Test func manySmallTensorsShareAChunk() {
    let plan = TilePlan(counts: [Int](repeating: 100, count: 10_000))
    #expect(plan.tiles.count == 10_000)
    #expect(plan.chunks.count == 10_000 / 81 + 1)
  }

  @Test func aChunkOfALongPlanIsEightTiles() {
    let chunks = TilePlan(counts: [Int](repeating: TilePlan.capacity, count: 10_000)).chunks
    #expect(chunks.count == 1250 && chunks.allSatisfy { $0.count == 8 })
  }

  @Test func tilesOfATensorAreNearlyEqualAndAsManyAsThreadsCanShare() {
    #expect(TilePlan(counts: [10_000]).tiles.map(\.count) == [5056, 4944])
    #expect(TilePlan(counts: [20_000]).tiles.count == 4)
    #expect(TilePlan(counts: [100_000]).tiles.count == 16)
  }
}
