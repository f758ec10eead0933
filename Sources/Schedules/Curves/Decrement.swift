struct Decrement: Curve {
  static let name = "decrement"
  static let example = ScheduleExample("decrement(0.1, by 0.0015, floor 0.01)", formula: "max(floor, from - by · t)")
  var from = 0.0
  var by = 0.0
  var floor = 0.0

  func formula(_ t: Int) -> Double {
    max(floor, from - by * Double(t))
  }

  var duration: Int? {
    guard by > 0 else { return from == floor ? 0 : nil }
    let steps = Int(nearest: ((from - floor) / by).rounded(.up))
    // The quotient is rounded and may name the step just before the floor.
    return max(formula(max(steps, 0)) > floor ? steps.plus(1) : steps, 0)
  }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("by", &by, .rate)
    try visit("floor", &floor, .rate(atMost: from, named: "from"), default: 0)
  }
}

extension Schedule {
  /// A value that goes down by the same amount with each step until it meets its floor: max(floor, a0 - d t).
  ///
  /// The same line as ``linear(from:to:over:)``, for those who know the amount and not the length.
  public static func decrement(from: Double, by: Double, floor: Double = 0) -> Schedule {
    Schedule(Decrement(from: from, by: by, floor: floor))
  }
}
