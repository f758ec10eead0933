struct Custom: ScheduleKind {
  static let name = "custom"

  /// Gives the closure the identity that it lacks, so that copies of a schedule are equal.
  private final class Closure: Sendable {
    let name: String
    let body: @Sendable (Int) -> Double

    init(name: String, body: @escaping @Sendable (Int) -> Double) {
      self.name = name
      self.body = body
    }
  }

  private let closure: Closure
  var closureName: String { closure.name }

  init(name: String, body: @escaping @Sendable (Int) -> Double) {
    closure = Closure(name: name, body: body)
  }

  func value(after t: Int) -> Double { closure.body(t) }

  var duration: Int? { nil }

  func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    var name = closure.name
    try visit("name", &name)
  }

  static func == (left: Custom, right: Custom) -> Bool { left.closure === right.closure }
}

extension Schedule {
  /// A function of one's own of the number of completed steps.
  ///
  ///     .custom("sawtooth") { step in 0.1 * Double(step % 10 + 1) / 10 }
  ///
  /// The closure must be a pure function: it is called once per update, and again by previews. What it returns is
  /// passed on as it is, so that an optimizer can refuse a value that is not finite, or below 0, before it writes.
  /// Saving it throws ``ScheduleError/closureCannotBeSaved(name:)``. Its ``duration`` is `nil`, so joining needs
  /// ``then(_:after:)``.
  public static func custom(
    _ name: String, _ value: @escaping @Sendable (_ completedSteps: Int) -> Double
  ) -> Schedule {
    Schedule(Custom(name: name, body: value))
  }
}
