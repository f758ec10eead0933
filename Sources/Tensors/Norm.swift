#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Which norm: the p in ‖x‖ₚ = (Σ |xᵢ|ᵖ)^(1/p).
public enum NormOrder: Sendable, Hashable, Codable {
  /// Σ |xᵢ|.
  case one
  /// √Σ xᵢ², the Euclidean norm.
  case two
  /// (Σ |xᵢ|ᵖ)^(1/p) for a positive, finite p. Below 1 it is not a norm, but it is what PyTorch clips by too.
  case p(Double)
  /// max |xᵢ|.
  case infinity

  /// Whether the order is one: `p` positive and finite.
  public var isValid: Bool {
    if case .p(let p) = self { p.isFinite && p > 0 } else { true }
  }
}

/// A norm as `mantissa · 2^exponent`, which neither overflows nor underflows.
public struct ScaledNorm: Sendable, Hashable, Codable {
  /// Finite and not negative, unless an element was NaN or infinite.
  public let mantissa: Double
  /// The power of two that scales the mantissa.
  public let exponent: Int

  /// A number as a norm.
  public init(_ value: Double) { (mantissa, exponent) = (value, 0) }

  package init(mantissa: Double, exponent: Int) { (self.mantissa, self.exponent) = (mantissa, exponent) }

  /// `mantissa · 2^exponent` rounded to a `Double`; infinite where the norm of finite elements is beyond the range.
  public var value: Double { exponent == 0 ? mantissa : scalbn(mantissa, Int32(clamping: exponent)) }

  /// The norm times a number that is not negative, still as a pair.
  package func times(_ factor: Double) -> ScaledNorm {
    let product = mantissa * factor
    if exponent == 0, product > 0x1p-900, product < 0x1p900 { return ScaledNorm(product) }
    guard mantissa > 0, factor != 0, factor.isFinite else { return ScaledNorm(product) }
    return ScaledNorm(
      mantissa: mantissa.significand * factor.significand,
      exponent: exponent + Int(mantissa.exponent) + Int(factor.exponent))
  }

  /// The number over the norm, rounded once where the quotient is in range.
  package func dividing(_ numerator: Double) -> Double {
    scalbn(numerator / mantissa, Int32(clamping: -exponent))
  }

  /// √(a² + b²).
  package static func hypotenuse(_ a: ScaledNorm, _ b: ScaledNorm) -> ScaledNorm {
    guard a.mantissa != 0, a.isFinite else { return a.isFinite ? b : a }
    guard b.mantissa != 0, b.isFinite else { return b.isFinite ? a : b }
    let exponent = max(a.exponent + Int(a.mantissa.exponent), b.exponent + Int(b.mantissa.exponent))
    let (x, y) = (
      scalbn(a.mantissa, Int32(clamping: a.exponent - exponent)),
      scalbn(b.mantissa, Int32(clamping: b.exponent - exponent))
    )
    return ScaledNorm(mantissa: (x * x + y * y).squareRoot(), exponent: exponent)
  }

  /// Whether every element was finite.
  public var isFinite: Bool { mantissa.isFinite }

  /// Whether the norm is larger than a positive limit, decided without forming a number out of range.
  public func exceeds(_ limit: Double) -> Bool {
    mantissa > (exponent == 0 ? limit : scalbn(limit, Int32(clamping: -exponent)))
  }
}

/// The norm of a vector.
///
/// Finite elements never overflow or underflow on the way: √(Σ x²) is right from 5e-324 to beyond the largest
/// `Double`, within 4 ulp. A NaN or an infinity gives a mantissa that is not finite. The empty vector has norm 0.
/// The result does not depend on the number of threads.
///
/// - Parameters:
///   - x: The elements.
///   - order: Which norm.
///   - backend: `.blas` takes `cblas_dnrm2` tile by tile; `.kernels` sums squares in vector registers.
///   - threads: The largest number of threads; nil for one per processor.
/// - Throws: `NormError` where the order is not one.
/// - Cost: one read of `x`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func norm<Scalar: TensorScalar>(
  _ x: Span<Scalar>, order: NormOrder = .two, backend: Backend = .blas, threads: Int? = nil
) throws(NormError) -> ScaledNorm {
  guard order.isValid else { throw NormError(order: order) }
  return x.withUnsafeBufferPointer { elements in
    guard let base = elements.baseAddress else { return ScaledNorm(mantissa: 0, exponent: 0) }
    let statistic = NormStatistic<Scalar>(order: order, backend: backend)
    // One tile needs no plan and no tables, which would cost more than the norm.
    guard elements.count > TilePlan.capacity else {
      return statistic.tree.norm(statistic.leaf(base, count: elements.count))
    }
    let plan = TilePlan(counts: [elements.count])
    let norms = TileNorms(plan, statistic)
    let work = NormWork(base: base, plan: plan, norms: norms)
    Workers.run(work, chunks: plan.chunks.count, elements: elements.count, threads: threads)
    norms.combine()
    return norms.total
  }
}

private final class NormWork<Scalar: TensorScalar>: ChunkedWork, @unchecked Sendable {
  // Unchecked for the pointer, which is only read; each chunk writes the leaves of its own tiles.
  let base: UnsafePointer<Scalar>
  let plan: TilePlan
  let norms: TileNorms<Scalar>

  init(base: UnsafePointer<Scalar>, plan: TilePlan, norms: TileNorms<Scalar>) {
    (self.base, self.plan, self.norms) = (base, plan, norms)
  }

  func perform(chunk: Int) {
    for index in plan.chunks[chunk] { norms.read(index, of: base) }
  }
}

/// The order of a norm is out of range.
public struct NormError: Error, Equatable, CustomStringConvertible {
  /// The order that was given.
  public let order: NormOrder

  /// What is wrong and what to do.
  public var description: String { "\(order) is not the order of a norm; p must be positive and finite" }
}
