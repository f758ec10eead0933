/// One norm of all tensors of a plan: a leaf per tile, written by many threads, then combined tile → tensor → group and
/// tile → tensor → whole.
package final class TileNorms<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked for the table: each chunk writes the leaves of its own tiles, and they are combined when all have ended.
  private let statistic: NormStatistic<Scalar>
  private let tree: NormTree
  private let plan: TilePlan
  private let tiles: UnsafeMutablePointer<NormLeaf>
  private let tensors: UnsafeMutablePointer<NormLeaf>
  private let groupOfTensor: [Int]
  private let groups: UnsafeMutablePointer<ScaledNorm>
  private let groupCount: Int
  private let gathered: UnsafeMutablePointer<NormLeaf>
  private let scratch: UnsafeMutablePointer<Double>

  /// The norm of all tensors together.
  package private(set) var total = ScaledNorm(0)

  /// - Parameters:
  ///   - groupOfTensor: For each tensor the number of its group, from 0; empty for one group of all.
  ///   - groupCount: How many groups there are, those without tensors too.
  package init(
    _ plan: TilePlan, _ statistic: NormStatistic<Scalar>, groupOfTensor: [Int] = [], groupCount: Int = 1
  ) {
    self.groupOfTensor = groupOfTensor
    self.groupCount = max(groupCount, (groupOfTensor.max() ?? 0) + 1)
    groups = .allocate(capacity: self.groupCount)
    groups.initialize(repeating: ScaledNorm(0), count: self.groupCount)
    (self.plan, self.statistic, tree) = (plan, statistic, statistic.tree)
    let (tileCount, tensorCount) = (max(1, plan.tiles.count), max(1, plan.tensors.count))
    (tiles, tensors) = (.allocate(capacity: tileCount), .allocate(capacity: tensorCount))
    gathered = .allocate(capacity: tensorCount)
    scratch = .allocate(capacity: max(tileCount, tensorCount))
    tiles.initialize(repeating: .zero, count: tileCount)
    tensors.initialize(repeating: .zero, count: tensorCount)
    gathered.initialize(repeating: .zero, count: tensorCount)
    scratch.initialize(repeating: 0, count: max(tileCount, tensorCount))
  }

  deinit {
    tiles.deallocate()
    tensors.deallocate()
    groups.deallocate()
    gathered.deallocate()
    scratch.deallocate()
  }

  /// Reads one tile, whose tensor begins at `base`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func read(_ index: Int, of base: UnsafePointer<Scalar>) {
    let tile = plan.tiles[index]
    tiles[index] = statistic.leaf(base + tile.start, count: Int(tile.count))
  }

  /// Leaves one tile out: its part is zero.
  package func skip(_ index: Int) { tiles[index] = .zero }

  /// Combines what was read; to be called when all tiles have been.
  package func combine() {
    for (tensor, range) in plan.tensors.enumerated() {
      tensors[tensor] = combined(tiles + range.lowerBound, range.count)
    }
    total = tree.norm(combined(tensors, plan.tensors.count))
    guard groupCount > 1 else {
      groups[0] = total
      return
    }
    for group in 0..<groupCount {
      var count = 0
      for tensor in plan.tensors.indices where groupOfTensor[tensor] == group {
        gathered[count] = tensors[tensor]
        count += 1
      }
      groups[group] = tree.norm(combined(gathered, count))
    }
  }

  /// Takes over what another one for the same tensors has combined of each.
  package func takeTensors(of other: TileNorms) {
    tensors.update(from: other.tensors, count: plan.tensors.count)
  }

  /// The norm of one tensor.
  package func norm(ofTensor tensor: Int) -> ScaledNorm { tree.norm(tensors[tensor]) }

  /// The norm of the tensors of one group together.
  package func norm(ofGroup group: Int) -> ScaledNorm { groups[group] }

  private func combined(_ leaves: UnsafeMutablePointer<NormLeaf>, _ count: Int) -> NormLeaf {
    tree.combined(UnsafeBufferPointer(start: leaves, count: count), scratch: scratch)
  }
}
