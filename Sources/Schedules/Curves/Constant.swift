struct Constant: Curve {
  static let name = "constant"
  static let example = ScheduleExample("0.1", formula: "the same at every step")
  var value = 0.0

  func formula(_ t: Int) -> Double { value }

  var duration: Int? { 0 }

  var constantValue: Double? { value }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("value", &value, .rate)
  }
}

extension Schedule {
  /// The same value at every step. A literal means it too: `learningRate: 0.1`.
  ///
  /// Its ``duration`` is 0, because it holds its end value from the start; where it is followed by another schedule,
  /// say for how long: `.constant(0.1).then(.constant(0.01), after: 30)`.
  public static func constant(_ value: Double) -> Schedule {
    Schedule(Constant(value: value))
  }
}
