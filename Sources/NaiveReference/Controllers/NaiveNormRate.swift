// The rate that shrinks as the parameters grow.

/// eps / ||theta||, at most a cap.
public enum NaiveNormRate {
  /// The rate; `cap` may be infinite. Parameters that are all zero, or none, get the cap.
  ///
  /// The norm's exponent is taken out of the division, so that a norm beyond the range still has its rate.
  public static func rate(epsilon: Double, norm: NaiveNorm, cap: Double) -> Double {
    if norm.mantissa == 0 { return cap }
    return min(cap, Double(sign: .plus, exponent: -norm.exponent, significand: epsilon / norm.mantissa))
  }
}
