struct Then: StoredKind {
  static let name = "then"
  static let example = ScheduleExample(
    "warmup(20) then cosine(0.1 -> 0, 80)",
    formula: "first(t) while it lasts, then second from its own step 0 on")
  var first: Schedule = 0
  var second: Schedule = 0
  /// `nil` only if the first schedule was to say when it ends, and has no end of its own.
  var after: Int?

  func value(after t: Int) -> Double {
    guard let boundary, t >= boundary else { return first.value(after: t) }
    return second.value(after: t - boundary)
  }

  /// The steps after which a schedule is over by itself; `nil` for a constant, which is never over.
  static func length(of schedule: Schedule) -> Int? {
    schedule.duration == 0 ? nil : schedule.duration
  }

  /// The boundary behind a part of the given length that starts at another boundary.
  static func boundary(_ start: Int?, plus length: Int?) -> Int? {
    guard let start, let length else { return nil }
    return start.plus(length)
  }

  private var boundary: Int? { after.map { max($0, 0) } }

  var duration: Int? {
    guard let boundary else { return first.duration }
    return second.duration.map { boundary.plus($0) }
  }

  var landmarks: [Landmark] {
    guard let boundary else { return first.kind.landmarks }
    let landmarks = first.kind.landmarks
    // What the first would join here is never reached: the second follows on what came before it.
    let unreached = landmarks.lazy.compactMap { $0.step == boundary ? $0.join : nil }.first
    let join = (before: unreached?.before ?? first.value(after: boundary), after: second.value(after: 0))
    return landmarks.filter { $0.step < boundary }
      + [Landmark(step: boundary, join: join)]
      + second.kind.landmarks.map { Landmark(step: $0.step.plus(boundary), join: $0.join) }
  }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("first", &first)
    try visit("second", &second)
    try visit(
      "after", &after,
      Requirement("a number of steps, at least 0; the first schedule does not end by itself: use then(_:after:)") {
        $0.map { $0 >= 0 } ?? false
      }, default: Self.length(of: first))
  }
}

extension Schedule {
  /// This schedule for its whole ``duration``, then another one, which starts with its own step 0.
  ///
  /// A schedule that never ends, or is constant, cannot say when the other one's turn is; ``validate()`` refuses
  /// that, and ``then(_:after:)`` says it. Joining is associative.
  public func then(_ next: Schedule) -> Schedule {
    Schedule(Then(first: self, second: next, after: Then.length(of: self)))
  }

  /// This schedule for the given number of steps, then another one, which starts with its own step 0.
  ///
  /// After 0 steps it is the other one alone.
  ///
  /// - Peers: PyTorch's SequentialLR ignores a milestone at 0, and its parts share one base rate. optax' join_schedules
  ///   is the same as here.
  public func then(_ next: Schedule, after steps: Int) -> Schedule {
    Schedule(Then(first: self, second: next, after: steps))
  }
}
