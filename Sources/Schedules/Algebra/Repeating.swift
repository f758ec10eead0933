struct Repeating: Modifier {
  static let name = "repeating"
  static let notationName = "repeat"
  static let example = ScheduleExample("repeat(cosine(0.1 -> 0.02, 40), every 35)", formula: "base(t mod every)")
  var base: Schedule = 0
  var every = 0

  func localStep(_ t: Int) -> Int { t % max(every, 1) }

  /// In the first period; the later ones bring nothing new.
  func globalStep(_ localStep: Int) -> Int? { localStep < every ? localStep : nil }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("base", &base)
    try visit("every", &every, .atLeast(1))
  }
}

extension Schedule {
  /// The first `period` steps of the schedule, over and over.
  public func repeating(every period: Int) -> Schedule {
    Schedule(Repeating(base: self, every: period))
  }
}
