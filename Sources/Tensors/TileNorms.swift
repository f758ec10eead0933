/// One norm of all tensors of a plan: a leaf per tile, written by many threads, then combined tile → tensor → whole.
package final class TileNorms<Scalar: TensorScalar>: @unchecked Sendable {
  private let statistic: NormStatistic<Scalar>
  private let plan: TilePlan
  private let tiles: UnsafeMutablePointer<NormLeaf>
  private let tensors: UnsafeMutablePointer<NormLeaf>
  private let gathered: UnsafeMutablePointer<NormLeaf>
  private let scratch: UnsafeMutablePointer<Double>

  package init(_ plan: TilePlan, _ statistic: NormStatistic<Scalar>) {
    (self.plan, self.statistic) = (plan, statistic)
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
    gathered.deallocate()
    scratch.deallocate()
  }

  /// Reads one tile, whose tensor begins at `base`.
  package func read(_ index: Int, of base: UnsafePointer<Scalar>) {
    let tile = plan.tiles[index]
    tiles[index] = statistic.leaf(base + tile.start, count: Int(tile.count))
  }

  /// Combines tiles to tensors; to be called when all tiles have been read.
  package func combineTensors() {
    for (tensor, range) in plan.tensors.enumerated() {
      tensors[tensor] = combined(tiles + range.lowerBound, range.count)
    }
  }

  /// The norm of all tensors together.
  package var total: ScaledNorm { statistic.norm(combined(tensors, plan.tensors.count)) }

  /// The norm of one tensor.
  package subscript(tensor: Int) -> ScaledNorm { statistic.norm(tensors[tensor]) }

  /// The norm of the tensors that satisfy a predicate, together.
  package func norm(where isMember: (Int) -> Bool) -> ScaledNorm {
    var count = 0
    for tensor in plan.tensors.indices where isMember(tensor) {
      gathered[count] = tensors[tensor]
      count += 1
    }
    return statistic.norm(combined(gathered, count))
  }

  private func combined(_ leaves: UnsafeMutablePointer<NormLeaf>, _ count: Int) -> NormLeaf {
    statistic.combined(UnsafeBufferPointer(start: leaves, count: count), scratch: scratch)
  }
}
