internal import RealModule

struct Cosine: Curve {
  static let name = "cosine"
  static let example = ScheduleExample(
    "cosine(0.1 -> 0, 100)",
    formula: "to + (from - to) · ((1 + cos(π t/over)) / 2)^power")
  var from = 0.0
  var to = 0.0
  var over = 0
  var power = 0.0

  func formula(_ t: Int) -> Double {
    let shares = Annealing.cosine.shares(at: Double(t), of: Double(over))
    guard power != 1 else { return from * shares.start + to * shares.end }
    let share = Double.pow(shares.start, power)
    return from * share + to * (1 - share)
  }

  var duration: Int? { max(over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("to", &to, .rate, default: 0)
    try visit("over", &over, .atLeast(1))
    try visit("power", &power, .positive, default: 1)
  }
}

extension Schedule {
  /// Half a wave of the cosine: a1 + (a0 - a1) ((1 + cos(pi min(t, T) / T)) / 2)^power. It stays at the end value.
  ///
  /// - Source: Loshchilov and Hutter 2016, equation 5, one cycle.
  /// - Peers: PyTorch's CosineAnnealingLR climbs again after T. Whoever wants that says so: the cosine `then` the one
  ///   with its ends exchanged, `repeating(every: 2 * T)`. optax' `alpha` is `to` as a fraction of `from`, its
  ///   `exponent` the power.
  public static func cosine(from: Double, to: Double = 0, over: Int, power: Double = 1) -> Schedule {
    Schedule(Cosine(from: from, to: to, over: over, power: power))
  }
}
