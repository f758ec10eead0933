struct Linear: Curve {
  static let name = "linear"
  static let example = ScheduleExample("linear(0.1 -> 0.01, 80)", formula: "from + (to - from) · t/over")
  var from = 0.0
  var to = 0.0
  var over = 0

  func formula(_ t: Int) -> Double {
    Annealing.linear.value(from: from, to: to, at: Double(t), of: Double(over))
  }

  var duration: Int? { max(over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("to", &to, .rate)
    try visit("over", &over, .atLeast(1))
  }
}

extension Schedule {
  /// A straight line from one value to another, up or down: a0 + (a1 - a0) min(t, T) / T.
  ///
  /// With `to: 0` it is a0 (1 - t/T). Both ends are exact: `from` at step 0, `to` from step `over` on.
  ///
  /// - Peers: PyTorch's LinearLR writes the ends as factors of a base rate and refuses factors above 1; optax's
  ///   `transition_begin` is ``shifted(by:)``.
  public static func linear(from: Double, to: Double, over: Int) -> Schedule {
    Schedule(Linear(from: from, to: to, over: over))
  }
}
