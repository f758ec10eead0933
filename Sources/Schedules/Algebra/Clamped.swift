struct Clamped: Modifier {
  static let name = "clamped"
  static let notationName = "clamp"
  static let example = ScheduleExample(
    "clamp(cosine(0.1 -> 0, 100), min 0.02, max 0.08)",
    formula: "min(max(base(t), min), max)")
  var base: Schedule = 0
  var min = 0.0
  var max = 0.0

  func modified(_ value: Double) -> Double { Swift.min(Swift.max(value, min), max) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("base", &base)
    try visit("min", &min, .rate, default: 0)
    let least = min
    try visit("max", &max, Requirement("at least min, which is \(least)") { $0 >= least }, default: .infinity)
  }
}

extension Schedule {
  /// Every value brought between two bounds; no upper bound is `.infinity`.
  public func clamped(min: Double = 0, max: Double = .infinity) -> Schedule {
    Schedule(Clamped(base: self, min: min, max: max))
  }
}
