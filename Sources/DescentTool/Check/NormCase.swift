package import Descent
package import NaiveReference

/// An order of norms. A new order is a new line of ``all``.
package struct NormCase: Sendable {
  /// What the rows of the table call it.
  package var row: String
  /// What the engine is told.
  package var order: NormOrder
  /// The p that the naive reference is told.
  package var naive: Double

  /// The ulp that the norm may be off. Below 1 the last power, 1/p, magnifies the error of the sum.
  package var limit: Double { naive < 1 ? 4 / naive : 4 }

  package init(_ row: String, _ order: NormOrder, naive: Double) {
    (self.row, self.order, self.naive) = (row, order, naive)
  }

  /// The orders that clips are tried with.
  package static let all = [
    NormCase("1-norm", .one, naive: 1),
    NormCase("2-norm", .two, naive: 2),
    NormCase("3-norm", .p(3), naive: 3),
    NormCase("infinity norm", .infinity, naive: .infinity),
  ]

  /// All orders: one below 1 too, one that is no whole number, and one whose powers leave the range unless scaled.
  package static let withExtremes =
    all + [
      NormCase("0.5-norm", .p(0.5), naive: 0.5), NormCase("1.5-norm", .p(1.5), naive: 1.5),
      NormCase("2000-norm", .p(2000), naive: 2000),
    ]
}

/// How far a norm is from the naive one, in steps between neighbouring `Double` mantissas: infinite powers of two
/// apart where one is finite, zero or a NaN and the other is not.
package func ulps(between norm: ScaledNorm, _ naive: NaiveNorm) -> Double {
  if norm.mantissa == 0 || naive.mantissa == 0 || !norm.mantissa.isFinite || !naive.mantissa.isFinite {
    return ulps(between: norm.mantissa, naive.mantissa) == 0 ? 0 : .infinity
  }
  let exponent = norm.exponent + Int(norm.mantissa.exponent) - naive.exponent
  if abs(exponent) > 1 { return .infinity }
  let mantissa = Double(sign: .plus, exponent: exponent, significand: norm.mantissa.significand)
  return abs(mantissa - naive.mantissa) / Double.ulpOfOne
}
