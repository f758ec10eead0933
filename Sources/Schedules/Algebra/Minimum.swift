struct Minimum: Combination {
  static let name = "minimum"
  static let notationName = "min"
  static let example = ScheduleExample(
    "min(warmup(0.1, 60), cosine(0.1 -> 0, 100))",
    formula: "min(first(t), second(t))")
  var first: Schedule = 0
  var second: Schedule = 0

  static func combined(_ left: Double, _ right: Double) -> Double { min(left, right) }
}

extension Schedule {
  /// The smaller one of two schedules at each step.
  public static func minimum(_ first: Schedule, _ second: Schedule) -> Schedule {
    Schedule(Minimum(first: first, second: second))
  }
}
