// The learning rate from the last change of parameters and gradient.

/// The steps of Barzilai and Borwein (1988) with the non-monotone safeguard of Grippo et al. (1986) and Raydan (1997).
///
/// With s = x - x_ and y = g - g_ at every step but the first:
///
///     quotient = <s, s> / <s, y>  or  <s, y> / <y, y>     if <s, y> > 0, else the last one
///     quotient = clamp(quotient, least, most)
///     penalty  = 1 if f <= max(last losses) - gamma * rate_ * |g_|^2, else penalty * backoff
///     rate     = base * penalty * quotient, and at first base * the initial rate
public struct NaiveBarzilaiBorweinRate: Sendable {
  /// Which quotient.
  public enum Form: Sendable {
    /// |s|^2 / <s, y>.
    case long
    /// <s, y> / |y|^2.
    case short
    /// Long and short in turn.
    case alternating
  }

  let initialRate: Double
  let form: Form
  let least: Double
  let most: Double
  let window: Int
  let gamma: Double
  let backoff: Double

  private var x: [Double]?
  private var g: [Double] = []
  private var quotient: Double?
  private var penalty = 1.0
  private var losses: [Double] = []
  private var expectedDecrease = 0.0
  private var t = 0

  /// A controller that has seen nothing; a window of 0 stands for no safeguard.
  public init(
    initialRate: Double, form: Form, least: Double, most: Double, window: Int, gamma: Double, backoff: Double
  ) {
    (self.initialRate, self.form, self.least, self.most) = (initialRate, form, least, most)
    (self.window, self.gamma, self.backoff) = (window, gamma, backoff)
  }

  /// The rate at the parameters, with their gradient and loss, of a rate.
  public mutating func rate(_ base: Double, _ x: [Double], gradient: [Double], loss: Double) -> Double {
    if let before = self.x {
      var (ss, sy, yy) = (0.0, 0.0, 0.0)
      for i in x.indices {
        let s = x[i] - before[i]
        let y = gradient[i] - g[i]
        ss = ss + s * s
        sy = sy + s * y
        yy = yy + y * y
      }
      if sy > 0 {
        let isLong = form == .long || (form == .alternating && t % 2 == 1)
        quotient = isLong ? ss / sy : sy / yy
        if quotient! < least { quotient = least }
        if quotient! > most { quotient = most }
      }
    }
    if window > 0, !losses.isEmpty {
      penalty = loss <= losses.max()! - gamma * expectedDecrease ? 1 : penalty * backoff
    }
    let rate = base * penalty * (quotient ?? initialRate)
    var square = 0.0
    for g in gradient { square = square + g * g }
    expectedDecrease = rate * square
    losses = Array((losses + [loss]).suffix(max(window, 1)))
    (self.x, g) = (x, gradient)
    t = t + 1
    return rate
  }
}
