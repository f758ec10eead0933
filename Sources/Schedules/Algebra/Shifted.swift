struct Shifted: Modifier {
  static let name = "shifted"
  static let notationName = "shift"
  static let example = ScheduleExample("shift(cosine(0.1 -> 0, 70), by 30)", formula: "base(max(t - by, 0))")
  var base: Schedule = 0
  var by = 0

  func localStep(_ t: Int) -> Int { max(t.minus(by), 0) }

  func globalStep(_ localStep: Int) -> Int? {
    let step = localStep.plus(by)
    return step >= 0 ? step : nil
  }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("base", &base)
    try visit("by", &by)
  }
}

extension Schedule {
  /// The same schedule, later by the given number of steps, during which its first value is held; or sooner, if the
  /// number is negative, with what came before left out.
  ///
  /// - Peers: optax' `transition_begin`.
  public func shifted(by steps: Int) -> Schedule {
    Schedule(Shifted(base: self, by: steps))
  }
}
