/// What a schedule is made of: one small type for each curve and each operation of the algebra.
///
/// A new kind is one file, with the type and its factory in an extension of ``Schedule``, and one line in
/// ``ScheduleKinds/all``. Its parameters are listed once, in `visitParameters`: encoding, decoding, validation and
/// description all follow from that list.
protocol ScheduleKind: Sendable, Equatable {
  /// The name under which the kind is saved and printed.
  static var name: String { get }

  /// The value after `t` completed steps, `t >= 0`. Must not trap, whatever the parameters are.
  func value(after t: Int) -> Double

  /// See ``Schedule/duration``.
  var duration: Int? { get }

  /// The steps at which the schedule changes its course, for ``Schedule/lint(totalSteps:)``.
  var landmarks: [Landmark] { get }

  /// Shows every parameter to the visitor, in the order in which the factory takes them.
  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure)
}

/// A kind that consists of its parameters, so that it can be saved: every kind except a closure.
protocol StoredKind: ScheduleKind {
  /// Any value: the parameters are filled in by the visitor that decodes.
  init()
}

/// A step at which a schedule changes its course.
struct Landmark: Sendable, Equatable {
  var step: Int
  /// At a join: what the schedule that ends would have given at this step, and what its successor gives.
  var join: (before: Double, after: Double)?

  static func == (left: Landmark, right: Landmark) -> Bool {
    left.step == right.step && left.join?.before == right.join?.before && left.join?.after == right.join?.after
  }
}

extension ScheduleKind {
  var landmarks: [Landmark] { [] }

  func isEqual(to other: any ScheduleKind) -> Bool {
    (other as? Self) == self
  }
}

/// A kind that is a formula of the step and of plain numbers.
///
/// The formula may divide by zero and overflow, as long as it does so in `Double`: what is not finite is brought back
/// here, once for all curves.
protocol Curve: StoredKind {
  func formula(_ t: Int) -> Double
}

extension Curve {
  func value(after t: Int) -> Double {
    formula(t).madeFinite
  }
}

/// A kind that changes the clock or the value of one other schedule.
protocol Modifier: StoredKind {
  var base: Schedule { get }

  /// The count of steps at which the base is asked when `t` steps are completed.
  func localStep(_ t: Int) -> Int

  /// The least count of completed steps that leads to `localStep`, or `nil` if none does.
  func globalStep(_ localStep: Int) -> Int?

  /// The value that is made of the base's value.
  func modified(_ value: Double) -> Double
}

extension Modifier {
  func localStep(_ t: Int) -> Int { t }
  func globalStep(_ localStep: Int) -> Int? { localStep }
  func modified(_ value: Double) -> Double { value }

  func value(after t: Int) -> Double {
    let value = base.value(after: localStep(t))
    return value.isFinite ? modified(value).madeFinite : value
  }

  var duration: Int? {
    base.duration.map { globalStep($0) ?? 0 }
  }

  var landmarks: [Landmark] {
    base.kind.landmarks.compactMap { landmark in
      globalStep(landmark.step).map {
        Landmark(step: $0, join: landmark.join.map { (modified($0.before), modified($0.after)) })
      }
    }
  }
}

/// A kind that makes one value of the values of two schedules on the same clock.
protocol Combination: StoredKind {
  var first: Schedule { get set }
  var second: Schedule { get set }
  static func combined(_ first: Double, _ second: Double) -> Double
}

extension Combination {
  func value(after t: Int) -> Double {
    combined(first.value(after: t), second.value(after: t))
  }

  private func combined(_ first: Double, _ second: Double) -> Double {
    guard first.isFinite else { return first }
    guard second.isFinite else { return second }
    return Self.combined(first, second).madeFinite
  }

  var duration: Int? {
    guard let first = first.duration, let second = second.duration else { return nil }
    return max(first, second)
  }

  var landmarks: [Landmark] {
    let fromFirst = first.kind.landmarks.map { landmark in
      let other = second.value(after: landmark.step)
      return Landmark(
        step: landmark.step, join: landmark.join.map { (combined($0.before, other), combined($0.after, other)) })
    }
    let fromSecond = second.kind.landmarks.map { landmark in
      let other = first.value(after: landmark.step)
      return Landmark(
        step: landmark.step, join: landmark.join.map { (combined(other, $0.before), combined(other, $0.after)) })
    }
    return (fromFirst + fromSecond).sorted { $0.step < $1.step }
  }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("first", &first)
    try visit("second", &second)
  }
}

enum ScheduleKinds {
  /// Every kind that can be saved.
  static let all: [any StoredKind.Type] = [
    Constant.self,
    Linear.self,
    Decrement.self,
    Polynomial.self,
    TimeBased.self,
    Exponential.self,
    Step.self,
    Milestones.self,
    Cosine.self,
    WarmRestarts.self,
    Cyclic.self,
    OneCycle.self,
    OneCycleMomentum.self,
    Warmup.self,
    ExponentialWarmup.self,
    UntunedAdamWarmup.self,
    InverseSquareRoot.self,
    Noam.self,
    WarmupStableDecay.self,
    Piecewise.self,
    Then.self,
    Scaled.self,
    Shifted.self,
    Clamped.self,
    Product.self,
    Minimum.self,
    Maximum.self,
    Repeating.self,
    PerEpoch.self,
  ]
}

extension Schedule {
  /// The names of all kinds that can be saved, in a fixed order.
  package static var kindNames: [String] { ScheduleKinds.all.map { $0.name } }
}
