internal import RealModule

struct ExponentialWarmup: Curve {
  static let name = "exponentialWarmup"
  static let example = ScheduleExample(
    "exponentialWarmup(0.1, timeConstant 20)",
    formula: "to · (1 - exp(-(t + 1)/timeConstant))")
  var to = 0.0
  var timeConstant = 0.0

  func formula(_ t: Int) -> Double {
    -to * Double.expMinusOne(-(Double(t) + 1) / timeConstant)
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("to", &to, .rate, default: .successor)
    try visit("timeConstant", &timeConstant, .positive)
  }
}

extension Schedule {
  /// A rise that slows down as it comes near the full value: a0 (1 - exp(-(t + 1) / tau)), with tau = `timeConstant`
  /// in steps.
  ///
  /// It never quite ends: 63 % after tau steps, 99.995 % after 10 tau. The untuned form for Adam has
  /// tau = 1 / (1 - beta2).
  ///
  /// - Source: Ma and Yarats 2019, exponential warm-up.
  public static func exponentialWarmup(to: Double, timeConstant: Double) -> Schedule {
    Schedule(ExponentialWarmup(to: to, timeConstant: timeConstant))
  }
}
