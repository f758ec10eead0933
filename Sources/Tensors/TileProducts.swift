#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One inner product ⟨a - a₀, b - b₀⟩ over all tensors of a plan: a leaf per tile, written by many threads, then combined
/// tile → tensor → whole.
package final class TileProducts<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked for the table: each chunk writes the leaves of its own tiles, and they are combined when all have ended.
  /// A vector, or the difference of two.
  package struct Vector {
    let elements: UnsafePointer<Scalar>
    let origin: UnsafePointer<Scalar>?

    /// The elements of a tensor, less those of another.
    package init(_ elements: UnsafePointer<Scalar>, minus origin: UnsafePointer<Scalar>? = nil) {
      (self.elements, self.origin) = (elements, origin)
    }
  }

  private let plan: TilePlan
  private let statistics: TileStatistics<Scalar>
  private let tiles: UnsafeMutablePointer<ScaledProduct>

  /// The product over all tensors together.
  package private(set) var total = ScaledProduct(mantissa: 0)

  package init(_ plan: TilePlan, instructionSet: InstructionSet) {
    (self.plan, statistics) = (plan, Scalar.statistics(for: instructionSet))
    tiles = .allocate(capacity: max(1, plan.tiles.count))
    tiles.initialize(repeating: ScaledProduct(mantissa: 0), count: max(1, plan.tiles.count))
  }

  deinit { tiles.deallocate() }

  /// Reads one tile of tensors that begin where the vectors do.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func read(_ index: Int, _ a: Vector, _ b: Vector) {
    let tile = plan.tiles[index]
    func piece(_ vector: Vector) -> Vector {
      Vector(vector.elements + tile.start, minus: vector.origin.map { $0 + tile.start })
    }
    tiles[index] = leaf(piece(a), piece(b), count: Int(tile.count))
  }

  /// Leaves one tile out: its part is zero.
  package func skip(_ index: Int) { tiles[index] = ScaledProduct(mantissa: 0) }

  private func leaf(_ a: Vector, _ b: Vector, count: Int) -> ScaledProduct {
    func product(_ scaleA: Double, _ scaleB: Double) -> Double {
      statistics.innerProduct(a.elements, a.origin, b.elements, b.origin, count, scaleA, scaleB)
    }
    let plain = product(1, 1)
    if plain.magnitude > 0x1p-900, plain.magnitude < 0x1p900 { return ScaledProduct(mantissa: plain) }
    // Out of the safe range, zero or not finite: once more, with the largest elements scaled to one.
    guard let scaleA = exponent(a, count), let scaleB = exponent(b, count) else { return ScaledProduct(mantissa: .nan) }
    return ScaledProduct(
      mantissa: product(scalbn(1, Int32(-scaleA)), scalbn(1, Int32(-scaleB))), exponent: scaleA + scaleB)
  }

  /// An exponent that scales all elements to about one; nil where one is not finite.
  private func exponent(_ vector: Vector, _ count: Int) -> Int? {
    var largest = Double(statistics.largestMagnitude(vector.elements, count))
    if let origin = vector.origin { largest = max(largest, Double(statistics.largestMagnitude(origin, count))) }
    guard largest.isFinite else { return nil }
    return largest == 0 ? 0 : min(max(Int(largest.exponent), -1000), 1000)
  }

  /// Combines what was read; to be called when all tiles have been.
  package func combine() {
    var exponent = Int.min
    for index in plan.tiles.indices where tiles[index].mantissa != 0 {
      guard tiles[index].isFinite else {
        total = tiles[index]
        return
      }
      exponent = max(exponent, tiles[index].exponent)
    }
    guard exponent != Int.min else {
      total = ScaledProduct(mantissa: 0)
      return
    }
    let sum = pairwiseSum(plan.tensors.count, blockSize: 1) { tensor in
      let range = plan.tensors[tensor.lowerBound]
      return pairwiseSum(range.count, blockSize: 1) { tile in
        let leaf = tiles[range.lowerBound + tile.lowerBound]
        return scalbn(leaf.mantissa, Int32(clamping: leaf.exponent - exponent))
      }
    }
    total = ScaledProduct(mantissa: sum, exponent: exponent)
  }
}
