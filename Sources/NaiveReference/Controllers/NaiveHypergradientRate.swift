// The learning rate that descends on itself.

/// Hypergradient descent (Baydin et al. 2018): with the gradient g_ of the step before,
///
///     additive:        a = a + beta <g, g_>                   rate = base + a
///     multiplicative:  m = m * (1 + beta <g, g_> / (|g| |g_|))  rate = base * m
///
/// and the rate brought into its range.
public struct NaiveHypergradientRate: Sendable {
  let isAdditive: Bool
  let beta: Double
  let least: Double
  let most: Double
  private var g: [Double]?
  private var a = 0.0
  private var m = 1.0

  /// A controller that has seen nothing.
  public init(isAdditive: Bool, beta: Double, least: Double, most: Double) {
    (self.isAdditive, self.beta, self.least, self.most) = (isAdditive, beta, least, most)
  }

  /// The rate for a gradient, of a rate.
  public mutating func rate(_ base: Double, gradient: [Double]) -> Double {
    if let g {
      var (product, square, before) = (0.0, 0.0, 0.0)
      for i in gradient.indices {
        product = product + gradient[i] * g[i]
        square = square + gradient[i] * gradient[i]
        before = before + g[i] * g[i]
      }
      if isAdditive {
        a = a + beta * product
      } else if square > 0, before > 0 {
        m = m * (1 + beta * product / (square.squareRoot() * before.squareRoot()))
      }
    }
    g = gradient
    let rate = isAdditive ? base + a : base * m
    return rate < least ? least : (rate > most ? most : rate)
  }
}
