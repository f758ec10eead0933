internal import CBLAS

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A part of a norm: of a tile, a tensor or a whole layout. Its elements were scaled by 2^-exponent first.
package struct NormLeaf: BitwiseCopyable, Sendable {
  package var value: Double
  package var exponent: Int32
  package init(value: Double, exponent: Int32) { (self.value, self.exponent) = (value, exponent) }
  package static var zero: NormLeaf { NormLeaf(value: 0, exponent: 0) }
}

/// How the parts of a norm are combined, tile → tensor → whole, and how the norm is read from the whole.
///
/// What the value of a leaf means depends on the order: for the 2-norm with `.kernels` a sum of squares, with `.blas` the
/// norm of the part itself.
package struct NormTree: Sendable {
  package let order: NormOrder
  /// Whether parts are norms that `cblas_dnrm2` has taken, and takes again to combine them.
  package let usesBLAS: Bool

  package init(order: NormOrder, usesBLAS: Bool) { (self.order, self.usesBLAS) = (order, usesBLAS) }

  /// The part that consecutive parts make together, in a fixed tree. A part that is not finite stays so.
  package func combined(_ leaves: UnsafeBufferPointer<NormLeaf>, scratch: UnsafeMutablePointer<Double>) -> NormLeaf {
    guard leaves.count > 1 else { return leaves.first ?? .zero }
    var exponent = Int32.min
    for leaf in leaves where leaf.value != 0 { exponent = max(exponent, leaf.exponent) }
    guard exponent != Int32.min else { return .zero }
    switch order {
    case .infinity:
      var largest = 0.0
      for leaf in leaves where !(leaf.value <= largest) { largest = largest.isNaN ? largest : leaf.value }
      return NormLeaf(value: largest, exponent: 0)
    case .two where usesBLAS:
      var largest = 0.0
      for leaf in leaves {
        guard leaf.value.isFinite else { return leaf }
        largest = max(largest, scalbn(leaf.value, leaf.exponent - exponent))
      }
      let shift = Int32(largest.exponent)
      for (i, leaf) in leaves.enumerated() { scratch[i] = scalbn(leaf.value, leaf.exponent - exponent - shift) }
      return NormLeaf(value: Self.dnrm2(scratch, count: leaves.count), exponent: exponent + shift)
    case .two: return sum(leaves, power: 2, exponent: exponent)
    case .one: return sum(leaves, power: 1, exponent: exponent)
    case .p(let p): return sum(leaves, power: p, exponent: exponent)
    }
  }

  private func sum(_ leaves: UnsafeBufferPointer<NormLeaf>, power: Double, exponent: Int32) -> NormLeaf {
    let total = pairwiseSum(leaves.count, blockSize: 1) { block in
      let leaf = leaves[block.lowerBound]
      return leaf.exponent == exponent ? leaf.value : leaf.value * exp2(Double(leaf.exponent - exponent) * power)
    }
    return NormLeaf(value: total, exponent: exponent)
  }

  /// `cblas_dnrm2` over the norms of tiles, in blocks below OpenBLAS's threading threshold.
  private static func dnrm2(_ norms: UnsafeMutablePointer<Double>, count: Int) -> Double {
    var count = count
    while count > TilePlan.capacity {
      let blocks = (count + TilePlan.capacity - 1) / TilePlan.capacity
      for block in 0..<blocks {
        let first = block * TilePlan.capacity
        norms[block] = cblas_dnrm2(Int32(min(TilePlan.capacity, count - first)), norms + first, 1)
      }
      count = blocks
    }
    return cblas_dnrm2(Int32(count), norms, 1)
  }

  /// The norm that the part of the whole stands for.
  package func norm(_ leaf: NormLeaf) -> ScaledNorm {
    let mantissa =
      switch order {
      case .two: usesBLAS ? leaf.value : leaf.value.squareRoot()
      case .one, .infinity: leaf.value
      case .p(let p): pow(leaf.value, 1 / p)
      }
    return ScaledNorm(mantissa: mantissa, exponent: Int(leaf.exponent))
  }
}
