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
    for leaf in leaves where leaf.value != 0 {
      guard leaf.value.isFinite else { return leaf }
      exponent = max(exponent, leaf.exponent)
    }
    guard exponent != Int32.min else { return .zero }
    switch order {
    case .infinity:
      var largest = 0.0
      for leaf in leaves { largest = max(largest, leaf.value) }
      return NormLeaf(value: largest, exponent: 0)
    case .two where usesBLAS:
      var largest = 0.0
      for leaf in leaves {
        largest = max(largest, scalbn(leaf.value, leaf.exponent - exponent))
      }
      let shift = Int32(largest.exponent)
      for (i, leaf) in leaves.enumerated() { scratch[i] = scalbn(leaf.value, leaf.exponent - exponent - shift) }
      return NormLeaf(value: Self.dnrm2(scratch, count: leaves.count), exponent: exponent + shift)
    case .two: return sum(leaves, power: 2, exponent: exponent)
    case .one: return sum(leaves, power: 1, exponent: exponent)
    case .p(let p) where p > Self.largestSummedPower:
      let value = Self.sumOfPowers(leaves.count, p) { scalbn(leaves[$0].value, leaves[$0].exponent - exponent) }
      return NormLeaf(value: value, exponent: exponent)
    case .p(let p): return sum(leaves, power: p, exponent: exponent)
    }
  }

  private func sum(_ leaves: UnsafeBufferPointer<NormLeaf>, power: Double, exponent: Int32) -> NormLeaf {
    let total = pairwiseSum(leaves.count, blockSize: 1) { block in
      let leaf = leaves[block.lowerBound]
      guard leaf.exponent != exponent, leaf.value != 0 else { return leaf.value }
      // In two halves, because the power of two may be out of range where the product is not.
      let half = exp2(Double(leaf.exponent - exponent) * power / 2)
      return leaf.value * half * half
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
      case .p(let p): p > Self.largestSummedPower ? leaf.value : Self.root(leaf.value, p)
      }
    return ScaledNorm(mantissa: mantissa, exponent: Int(leaf.exponent))
  }

  /// Up to this p, the parts of a p-norm are sums of powers of numbers below 2. Beyond, where such a power overflows, they
  /// are norms, taken relative to the largest number.
  private static let largestSummedPower = 512.0

  /// Σ mᵢᵖ of numbers below 2, or for a large p (Σ mᵢᵖ)^(1/p); in blocks of 64, so that rounding errors do not pile up.
  static func sumOfPowers(_ count: Int, _ p: Double, _ magnitude: (Int) -> Double) -> Double {
    var unit = 1.0
    if p > largestSummedPower {
      unit = 0
      for i in 0..<count { unit = max(unit, magnitude(i)) }
      guard unit > 0, unit.isFinite else { return unit }
    }
    let total = pairwiseSum(count, blockSize: 64) { block in
      var sum = 0.0
      for i in block { sum += pow(magnitude(i) / unit, p) }
      return sum
    }
    return p > largestSummedPower ? unit * root(total, p) : total
  }

  /// x^(1/p), with one step of Newton's method against the rounding of 1/p, which the logarithm of x multiplies.
  private static func root(_ x: Double, _ p: Double) -> Double {
    let root = pow(x, 1 / p)
    let correction = (x - pow(root, p)) / (p * x)
    return correction.isFinite ? root + root * correction : root
  }
}
