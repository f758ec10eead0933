struct Minimum: Combination {
  static let name = "minimum"
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
