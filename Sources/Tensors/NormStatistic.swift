internal import CBLAS

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How one norm is taken of a tile.
///
/// With `bound`, the norm is of clamp(x, ±bound).
package struct NormStatistic<Scalar: TensorScalar>: Sendable {
  /// How the parts are combined.
  package let tree: NormTree
  private let bound: Scalar
  private let statistics: TileStatistics<Scalar>

  // Sums of squares between these need no scaling: no term overflowed, and terms that underflowed are negligible.
  private static var least: Double { 0x1p-900 }
  private static var greatest: Double { 0x1p900 }
  private static var scaleExponent: Int32 { 600 }

  package init(
    order: NormOrder, backend: Backend, bound: Double = .infinity, instructionSet: InstructionSet = .best
  ) {
    self.bound = Scalar(bound)
    // BLAS has the 2-norm alone; snrm2 converts element by element, so `Float` takes the kernel, which sums in double.
    let usesBLAS = backend == .blas && order == .two && Scalar.self == Double.self && bound == .infinity
    tree = NormTree(order: order, usesBLAS: usesBLAS)
    statistics = Scalar.statistics(for: instructionSet)
  }

  /// The part of one tile: at most `TilePlan.capacity` elements.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func leaf(_ x: UnsafePointer<Scalar>, count: Int) -> NormLeaf {
    switch tree.order {
    case .two:
      if tree.usesBLAS {
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
    if case .p(let p) = tree.order { return leaf(ofPower: p, x, count: count, exponent: Int32(largest.exponent)) }
    let exponent = largest > 1 ? Self.scaleExponent : -Self.scaleExponent
    let scale = scalbn(1, -exponent)
    if tree.order == .one {
      return NormLeaf(value: statistics.scaledSumOfMagnitudes(x, count, scale, bound), exponent: exponent)
    }
    let sum = statistics.scaledSumOfSquares(x, count, scale, bound)
    return NormLeaf(value: tree.usesBLAS ? sum.squareRoot() : sum, exponent: exponent)
  }

  /// The part of a p-norm: of |clamp(x, ±bound)| · 2^-exponent.
  private func leaf(ofPower p: Double, _ x: UnsafePointer<Scalar>, count: Int, exponent: Int32) -> NormLeaf {
    let limit = Double(bound)
    let value = NormTree.sumOfPowers(count, p) { scalbn(min(Double(x[$0].magnitude), limit), -exponent) }
    return NormLeaf(value: value, exponent: exponent)
  }
}
