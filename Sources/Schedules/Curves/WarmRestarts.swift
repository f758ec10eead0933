internal import RealModule

struct WarmRestarts: Curve {
  static let name = "warmRestarts"
  static let example = ScheduleExample(
    "warmRestarts(0.1 -> 0, every 15, lengthFactor 2, peakFactor 0.8)",
    formula: "the cosine over and over; each cycle has lengthFactor times the steps, peakFactor times the start")
  var from = 0.0
  var to = 0.0
  var every = 0
  var lengthFactor = 0
  var peakFactor = 0.0

  func formula(_ t: Int) -> Double {
    let (cycle, step, length) = position(at: t)
    let peak = max(from * Double.pow(peakFactor, Double(cycle)), to)
    return Annealing.cosine.value(from: peak, to: to, at: Double(step), of: Double(length))
  }

  /// The cycle that step t is in, the step within it, and its length. Whole numbers throughout: a logarithm would
  /// round to the wrong cycle at some boundaries.
  private func position(at t: Int) -> (cycle: Int, step: Int, length: Int) {
    var length = max(every, 1)
    guard lengthFactor > 1 else { return (t / length, t % length, length) }
    var cycle = 0
    var step = t
    while step >= length {
      step -= length
      length = length.times(lengthFactor)
      cycle += 1
    }
    return (cycle, step, length)
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("to", &to, .rate(atMost: from, named: "from"), default: 0)
    try visit("every", &every, .atLeast(1))
    try visit("lengthFactor", &lengthFactor, .atLeast(1), default: 1)
    try visit("peakFactor", &peakFactor, .positive, default: 1)
  }
}

extension Schedule {
  /// Cosine annealing that starts anew: cycle i = 0, 1, ... takes T m^i steps and falls from max(a0 M^i, a1) to a1,
  /// with T = `every`, m = `lengthFactor`, M = `peakFactor`. At a restart the value is the peak.
  ///
  /// - Source: Loshchilov and Hutter 2016, equation 5; the decay of the peak is Keras'.
  /// - Peers: PyTorch and Keras have the same cycles; Keras decays the peak's distance from the end value.
  ///   optax' sgdr_schedule lists its cycles one by one, each with a warm-up: that is ``then(_:)``.
  public static func warmRestarts(
    from: Double, to: Double = 0, every: Int, lengthFactor: Int = 1, peakFactor: Double = 1
  ) -> Schedule {
    Schedule(WarmRestarts(from: from, to: to, every: every, lengthFactor: lengthFactor, peakFactor: peakFactor))
  }
}
