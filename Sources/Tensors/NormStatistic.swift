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

/// How one norm is taken of a tile, how such parts are combined, and how the norm is read from the whole.
///
/// With `bound`, the norm is of clamp(x, ±bound). What the value of a leaf means depends on the order: for the
/// 2-norm with `.kernels` a sum of squares, with `.blas` the norm of the part itself.
package struct NormStatistic<Scalar: TensorScalar>: Sendable {
  package let order: NormOrder
  package let bound: Scalar
  private let usesBLAS: Bool
  private let statistics: TileStatistics<Scalar>

  // Sums of squares between these need no scaling: no term overflowed, and terms that underflowed are negligible.
  private static var least: Double { 0x1p-900 }
  private static var greatest: Double { 0x1p900 }
  private static var scaleExponent: Int32 { 600 }

  package init(
    order: NormOrder, backend: Backend, bound: Double = .infinity, instructionSet: InstructionSet = .best
  ) {
    self.order = order
    self.bound = Scalar(bound)
    // BLAS has the 2-norm alone; snrm2 converts element by element, so `Float` takes the kernel, which sums in double.
    usesBLAS = backend == .blas && order == .two && Scalar.self == Double.self && bound == .infinity
    statistics = Scalar.statistics(for: instructionSet)
  }

  /// The part of one tile: at most `TilePlan.capacity` elements.
  package func leaf(_ x: UnsafePointer<Scalar>, count: Int) -> NormLeaf {
    switch order {
    case .two:
      if usesBLAS {
        let norm = cblas_dnrm2(
          Int32(count), UnsafeRawPointer(x).assumingMemoryBound(to: Double.self), 1)
        if norm > 0x1p-450 && norm < 0x1p450 { return NormLeaf(value: norm, exponent: 0) }
      } else {
        let sum =
          bound == .infinity
          ? statistics.sumOfSquares(x, count) : statistics.scaledSumOfSquares(x, count, 1, bound)
        if sum > Self.least && sum < Self.greatest { return NormLeaf(value: sum, exponent: 0) }
      }
      return carefulLeaf(x, count: count)
    case .one:
      let sum = statistics.scaledSumOfMagnitudes(x, count, 1, bound)
      if sum < Self.greatest { return NormLeaf(value: sum, exponent: 0) }
      return carefulLeaf(x, count: count)
    case .infinity:
      let largest = Double(statistics.largestMagnitude(x, count))
      return NormLeaf(value: largest.isFinite ? min(largest, Double(bound)) : largest, exponent: 0)
    case .p: return carefulLeaf(x, count: count)
    }
  }

  /// The part of a tile whose sum leaves the safe range, is zero, or is not finite.
  private func carefulLeaf(_ x: UnsafePointer<Scalar>, count: Int) -> NormLeaf {
    let unbounded = Double(statistics.largestMagnitude(x, count))
    guard unbounded.isFinite else { return NormLeaf(value: .nan, exponent: 0) }
    let largest = min(unbounded, Double(bound))
    guard largest > 0 else { return .zero }
    if case .p(let p) = order {
      let exponent = Int32(largest.exponent)
      return NormLeaf(value: sumOfPowers(x, count: count, p: p, exponent: exponent), exponent: exponent)
    }
    let exponent = largest > 1 ? Self.scaleExponent : -Self.scaleExponent
    let scale = scalbn(1, -exponent)
    if order == .one {
      return NormLeaf(value: statistics.scaledSumOfMagnitudes(x, count, scale, bound), exponent: exponent)
    }
    let sum = statistics.scaledSumOfSquares(x, count, scale, bound)
    return NormLeaf(value: usesBLAS ? sum.squareRoot() : sum, exponent: exponent)
  }

  /// Σ (|clamp(x, ±bound)| · 2^-exponent)ᵖ in blocks of 64, so that rounding errors do not pile up.
  private func sumOfPowers(_ x: UnsafePointer<Scalar>, count: Int, p: Double, exponent: Int32) -> Double {
    let limit = Double(bound)
    return pairwiseSum(count, blockSize: 64) { block in
      var sum = 0.0
      for i in block { sum += pow(scalbn(min(Double(x[i].magnitude), limit), -exponent), p) }
      return sum
    }
  }

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
