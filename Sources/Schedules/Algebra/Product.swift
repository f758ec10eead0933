struct Product: Combination {
  static let name = "product"
  static let example = ScheduleExample(
    "linear(1 -> 0.2, 100) * cyclic(0.03 -> 0.1, rising 10)",
    formula: "first(t) · second(t)")
  var first: Schedule = 0
  var second: Schedule = 0

  static func combined(_ left: Double, _ right: Double) -> Double { left * right }
}

extension Schedule {
  /// The product of two schedules at each step.
  ///
  /// - Peers: PyTorch's ChainedScheduler, with the second schedule as a factor that starts at 1.
  public static func product(_ first: Schedule, _ second: Schedule) -> Schedule {
    Schedule(Product(first: first, second: second))
  }
}
