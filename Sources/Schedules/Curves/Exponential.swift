internal import RealModule

struct Exponential: Curve {
  static let name = "exponential"
  static let example = ScheduleExample(
    "exponential(0.1, factor 0.96)",
    formula: "max(floor, from · factor^(t/every)); with staircase, ⌊t/every⌋")
  var from = 0.0
  var factor = 0.0
  var every = 0
  var staircase = false
  var floor = 0.0

  func formula(_ t: Int) -> Double {
    max(floor, from * Double.pow(factor, t.periods(of: every, whole: staircase)))
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("factor", &factor, .positive)
    try visit("every", &every, .atLeast(1), default: 1)
    try visit("staircase", &staircase, default: false)
    try visit("floor", &floor, .rate(atMost: from, named: "from"), default: 0)
  }
}

extension Schedule {
  /// Multiplication by the same factor every period: max(floor, a0 factor^u), where u is the number of periods of
  /// `every` steps that have passed, whole ones only with `staircase`.
  ///
  /// A factor above 1 grows, as a range test wants it; put a lid on it with ``clamped(min:max:)``.
  ///
  /// - Peers: PyTorch's ExponentialLR has no period and no floor. optax's `end_value` is a floor while the factor is
  ///   below 1 and a ceiling above it.
  public static func exponential(
    from: Double, factor: Double, every: Int = 1, staircase: Bool = false, floor: Double = 0
  ) -> Schedule {
    Schedule(Exponential(from: from, factor: factor, every: every, staircase: staircase, floor: floor))
  }
}
