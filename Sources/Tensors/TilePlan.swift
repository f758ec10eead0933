internal import CKernels

/// How the tensors of a layout are cut into tiles, and tiles gathered into chunks of work.
///
/// A tile lies within one tensor and has at most `TilePlan.capacity` elements. The cut depends on the sizes of the
/// tensors alone, never on threads or on where the memory is, so sums taken per tile and combined in tile order
/// are the same for any number of threads, and for a slab, a list of tensors or plain arrays.
package struct TilePlan: Sendable {
  package struct Tile: BitwiseCopyable, Sendable {
    package var tensor: Int32
    package var count: Int32
    /// The first element, counted within the tensor.
    package var start: Int
  }

  /// 8192 elements: OpenBLAS starts threads of its own above 10,000.
  package static let capacity = Int(descent_tile_capacity)

  package let tiles: [Tile]
  /// The tiles of each tensor.
  package let tensors: [Range<Int>]
  /// Consecutive tiles that are worked on together.
  package let chunks: [Range<Int>]
  package let count: Int

  /// The next number of pieces that is 1, 2, 4 or a multiple of 8. 13 tiles on two threads are 7 and 6: 8 % of the time
  /// one of them waits.
  private static func fairNumber(_ pieces: Int) -> Int {
    switch pieces {
    case ...2: pieces
    case 3...4: 4
    default: (pieces + 7) / 8 * 8
    }
  }

  package init(counts: [Int]) {
    var tiles: [Tile] = []
    var tensors: [Range<Int>] = []
    for (tensor, count) in counts.enumerated() {
      let first = tiles.count
      // Equal pieces of whole cache lines, as many as 2, 4 and 8 threads can share fairly.
      let pieces = Self.fairNumber((count + Self.capacity - 1) / Self.capacity)
      let size = pieces == 0 ? 0 : min(Self.capacity, ((count + pieces - 1) / pieces + 63) / 64 * 64)
      var start = 0
      while start < count {
        let length = min(size, count - start)
        tiles.append(Tile(tensor: Int32(tensor), count: Int32(length), start: start))
        start += length
      }
      tensors.append(first..<tiles.count)
    }
    count = counts.reduce(0, +)
    // To claim a chunk costs as much as a few small tiles: 256 chunks are enough for many threads to share fairly.
    let chunkCapacity = max(Self.capacity, min(count / 256, 8 * Self.capacity))
    var chunks: [Range<Int>] = []
    var (first, elements) = (0, 0)
    for (index, tile) in tiles.enumerated() {
      if index > first, elements + Int(tile.count) > chunkCapacity {
        chunks.append(first..<index)
        (first, elements) = (index, 0)
      }
      elements += Int(tile.count)
    }
    if first < tiles.count { chunks.append(first..<tiles.count) }
    (self.tiles, self.tensors, self.chunks) = (tiles, tensors, chunks)
  }
}
