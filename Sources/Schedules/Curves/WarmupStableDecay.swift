struct WarmupStableDecay: Curve {
  static let name = "warmupStableDecay"
  static let example = ScheduleExample(
    "warmupStableDecay(0.1 -> 0, warmup 10, stable 60, decay 30)",
    formula: "up to peak in warmup steps, peak for stable steps, down to the end in decay steps")
  var peak = 0.0
  var warmup = 0
  var stable = 0
  var decay = 0
  var to = 0.0
  var shape = Annealing.linear
  var startFactor: Double?

  func formula(_ t: Int) -> Double {
    let decayStart = max(warmup, 0).plus(max(stable, 0))
    guard t >= decayStart else {
      return Warmup(to: peak, over: warmup, startFactor: startFactor).formula(t)
    }
    return shape.value(from: peak, to: to, at: Double(t - decayStart), of: Double(decay))
  }

  var duration: Int? { max(warmup, 0).plus(max(stable, 0)).plus(max(decay, 0)) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("peak", &peak, .rate)
    try visit("warmup", &warmup, .atLeast(0))
    try visit("stable", &stable, .atLeast(0))
    try visit("decay", &decay, .atLeast(1))
    try visit("to", &to, .rate(atMost: peak, named: "peak"), default: 0)
    try visit("shape", &shape, default: .linear)
    try visit("startFactor", &startFactor, .startFactor, default: nil)
  }
}

extension Schedule {
  /// Warm-up, a long flat stretch, and a short decay (WSD): ``warmup(to:over:startFactor:)`` for `warmup` steps, the
  /// peak for `stable` steps, and then D = `decay` steps from the peak to `to`: with z = (t - warmup - stable) / D,
  /// linearly, a1 + (a0 - a1) (1 - z), by a cosine, or by 1 - sqrt(z).
  ///
  /// The flat part may go on for as long as one likes and be decayed from at any time. A decay of 10 to 20 % of all
  /// steps is usual.
  ///
  /// - Source: Hu et al. 2024 (MiniCPM); 1 - sqrt(z) is Hägele et al. 2024.
  /// - Peers: code in circulation often starts the warm-up at 0: `startFactor: 0`.
  public static func warmupStableDecay(
    peak: Double, warmup: Int, stable: Int, decay: Int, to: Double = 0, shape: Annealing = .linear,
    startFactor: Double? = nil
  ) -> Schedule {
    Schedule(
      WarmupStableDecay(
        peak: peak, warmup: warmup, stable: stable, decay: decay, to: to, shape: shape, startFactor: startFactor))
  }
}
