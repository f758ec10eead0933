struct Maximum: Combination {
  static let name = "maximum"
  static let notationName = "max"
  static let example = ScheduleExample("max(cosine(0.1 -> 0, 100), 0.03)", formula: "max(first(t), second(t))")
  var first: Schedule = 0
  var second: Schedule = 0

  static func combined(_ left: Double, _ right: Double) -> Double { max(left, right) }
}

extension Schedule {
  /// The larger one of two schedules at each step.
  public static func maximum(_ first: Schedule, _ second: Schedule) -> Schedule {
    Schedule(Maximum(first: first, second: second))
  }
}
