/// A hyper-parameter (learning rate, momentum, decay) as a function of the number of updates that have been applied.
///
///     .warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500))
///
/// A schedule is a value. It keeps no count of its own, so it cannot disagree with the optimizer about the time, and
/// a run that is resumed at step n asks for exactly the number that the unbroken run would have asked for.
///
/// - Clock: `completedSteps` starts at 0; the first update uses `value(after: 0)`. A negative count is taken as 0.
/// - Total: defined for every count up to `Int.max` and for all parameters, invalid ones too; never traps. The value is
///   finite, and not negative if ``validate()`` passes. Only the closure of ``custom(_:_:)`` can break this: what it
///   returns is passed on, and a value that is not finite goes through the algebra unchanged, so that whoever uses
///   the schedule can refuse it by name.
/// - Ends: a schedule with a ``duration`` holds its end value ever after; nothing wraps, rises again or throws there.
/// - Cost: arithmetic on a few numbers; evaluation allocates nothing.
/// - Equality: the same construction with the same parameters. A custom schedule equals only its copies.
public struct Schedule: Sendable {
  let kind: any ScheduleKind

  init(_ kind: any ScheduleKind) {
    self.kind = kind
  }

  /// The value for the update that follows `completedSteps` applied updates.
  public func value(after completedSteps: Int) -> Double {
    kind.value(after: max(completedSteps, 0))
  }

  /// The same as ``value(after:)``.
  public func callAsFunction(_ completedSteps: Int) -> Double {
    value(after: completedSteps)
  }

  /// The number of steps the schedule is written for: from this count on it holds its end value.
  ///
  /// It is the number that was typed (`over:`), even where the end value is first reached one step sooner, as in
  /// ``warmup(to:over:startFactor:)`` and ``oneCycle(peak:over:rise:startDivisor:endDivisor:shape:phases:ends:)``,
  /// so that the durations of joined schedules add up to the length of the run. 0 for a constant. `nil` for a schedule
  /// that never ends, such as ``step(from:factor:every:)`` or ``repeating(every:)``.
  public var duration: Int? {
    kind.duration
  }

  /// The values for the given counts of completed steps, bit for bit those that a run will use.
  ///
  ///     schedule.preview(0..<1_000)
  ///     schedule.preview(stride(from: 0, to: 100_000, by: 1_000))
  public func preview(_ completedSteps: some Sequence<Int>) -> [Double] {
    completedSteps.map { value(after: $0) }
  }
}

extension Schedule: Equatable {
  /// Whether both are built in the same way with the same parameters.
  public static func == (left: Schedule, right: Schedule) -> Bool {
    // Rules compare with a literal at every step; a cast of types costs 60 ns.
    if let value = right.kind.constantValue { return left.kind.constantValue == value }
    return left.kind.isEqual(to: right.kind)
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A literal is a constant.
  public init(floatLiteral value: Double) {
    self = .constant(value)
  }

  /// A literal is a constant.
  public init(integerLiteral value: Int) {
    self = .constant(Double(value))
  }
}
