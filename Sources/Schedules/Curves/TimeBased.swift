internal import RealModule

struct TimeBased: Curve {
  static let name = "timeBased"
  static let example = ScheduleExample(
    "timeBased(0.1, decay 0.05)",
    formula: "from / (1 + decay · t/every)^power; with staircase, ⌊t/every⌋")
  var from = 0.0
  var decay = 0.0
  var power = 0.0
  var every = 0
  var staircase = false

  func formula(_ t: Int) -> Double {
    from / Double.pow(1 + decay * t.periods(of: every, whole: staircase), power)
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("decay", &decay, .rate)
    try visit("power", &power, .positive, default: 1)
    try visit("every", &every, .atLeast(1), default: 1)
    try visit("staircase", &staircase, default: false)
  }
}

extension Schedule {
  /// Decay with time: a0 / (1 + k u)^p, where u is the number of periods of `every` steps that have passed, whole ones
  /// only with `staircase`.
  ///
  /// For 1/2 < p <= 1 the rates add up to infinity and their squares do not, which stochastic approximation needs.
  ///
  /// - Source: Robbins and Monro 1951.
  /// - Peers: Keras' InverseTimeDecay is power 1.
  public static func timeBased(
    from: Double, decay: Double, power: Double = 1, every: Int = 1, staircase: Bool = false
  ) -> Schedule {
    Schedule(TimeBased(from: from, decay: decay, power: power, every: every, staircase: staircase))
  }
}
