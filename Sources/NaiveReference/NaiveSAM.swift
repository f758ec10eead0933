// Sharpness-aware minimization.

/// Where SAM (Foret et al. 2021) takes its second gradient: x + rho g / |g|, or x where g is 0.
public enum NaiveSAM {
  /// The point, of a vector and its gradient, with the norm of all gradients together.
  ///
  /// g is multiplied by 2^-e first, e the norm's exponent, and by rho / mantissa then: the quotient rho / |g| may be out of
  /// range. Where 2^-e is not a normal number, what is left of it goes to the second factor.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public static func ascended<Scalar: BinaryFloatingPoint>(
    _ x: [Scalar], gradient g: [Scalar], norm: NaiveNorm, radius: Double
  ) -> [Scalar] {
    if norm.mantissa == 0 { return x }
    var first = -norm.exponent
    if first < Int(Scalar.leastNormalMagnitude.exponent) { first = Int(Scalar.leastNormalMagnitude.exponent) }
    if first > Int(Scalar.greatestFiniteMagnitude.exponent) { first = Int(Scalar.greatestFiniteMagnitude.exponent) }
    let rest = -norm.exponent - first
    let prescale = Scalar(Double(sign: .plus, exponent: first, significand: 1))
    let scale = Scalar(Double(sign: .plus, exponent: rest, significand: radius / norm.mantissa))
    return x.indices.map { x[$0] + g[$0] * prescale * scale }
  }
}
