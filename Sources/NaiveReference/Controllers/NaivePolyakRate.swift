// The learning rate from the distance of the loss to its least value.

/// The stochastic Polyak step with a cap (Loizou et al. 2021): min(cap, max(f - f*, 0) / (c |g|^2 + eps)), 0 where g = 0.
public enum NaivePolyakRate {
  /// The rate for a loss f and the gradient g.
  public static func rate(
    loss: Double, leastLoss: Double, gradient: [Double], cap: Double, scale: Double, epsilon: Double
  ) -> Double {
    var square = 0.0
    for g in gradient { square = square + g * g }
    if square == 0 { return 0 }
    let gap = loss > leastLoss ? loss - leastLoss : 0
    let quotient = gap / (scale * square + epsilon)
    return quotient < cap ? quotient : cap
  }
}
