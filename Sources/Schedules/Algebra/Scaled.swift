struct Scaled: Modifier {
  static let name = "scaled"
  static let example = ScheduleExample("0.5 * cosine(0.1 -> 0, 100)", formula: "by · base(t)")
  var base: Schedule = 0
  var by = 0.0

  func modified(_ value: Double) -> Double { value * by }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("base", &base)
    try visit("by", &by, .rate)
  }
}

extension Schedule {
  /// Every value multiplied by the same factor.
  public func scaled(by factor: Double) -> Schedule {
    Schedule(Scaled(base: self, by: factor))
  }
}
