struct PerEpoch: Modifier {
  static let name = "perEpoch"
  static let example = ScheduleExample("per epoch 10: cosine(0.1 -> 0, 10)", formula: "base(⌊t/of⌋)")
  var base: Schedule = 0
  var of = 0

  func localStep(_ t: Int) -> Int { t / max(of, 1) }

  func globalStep(_ localStep: Int) -> Int? { localStep.times(max(of, 1)) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("base", &base)
    try visit("of", &of, .atLeast(1))
  }
}

extension Schedule {
  /// The schedule with its steps taken as epochs: the value changes at the start of each epoch and stays within it.
  ///
  ///     .cosine(from: 0.1, over: 90).perEpoch(of: 500)        // 90 epochs of 500 steps
  ///
  /// An optimizer knows one clock, that of applied updates; this says how many of them an epoch has.
  public func perEpoch(of stepsPerEpoch: Int) -> Schedule {
    Schedule(PerEpoch(base: self, of: stepsPerEpoch))
  }
}
