struct UntunedAdamWarmup: Curve {
  static let name = "untunedAdamWarmup"
  static let example = ScheduleExample(
    "untunedAdamWarmup(0.1, beta2 0.96)",
    formula: "to · min(1, (1 - beta2) · (t + 1)/2)")
  var to = 0.0
  var beta2 = 0.0

  func formula(_ t: Int) -> Double {
    to * min(1, (1 - beta2) * (Double(t) + 1) / 2)
  }

  var duration: Int? { max(Int(nearest: (2 / (1 - beta2)).rounded(.up)), 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("to", &to, .rate, default: .successor)
    try visit("beta2", &beta2, Requirement("at least 0 and below 1") { $0 >= 0 && $0 < 1 }, default: 0.999)
  }
}

extension Schedule {
  /// The linear warm-up that Adam needs and nobody has to tune: a0 min(1, (1 - beta2) (t + 1) / 2), which takes
  /// 2 / (1 - beta2) steps, 2000 for the usual beta2.
  ///
  /// - Source: Ma and Yarats 2019, untuned linear warm-up.
  public static func untunedAdamWarmup(to: Double, beta2: Double = 0.999) -> Schedule {
    Schedule(UntunedAdamWarmup(to: to, beta2: beta2))
  }
}
