/// What a schedule is made of: one small type for each curve and each operation of the algebra.
///
/// A new kind is one file, with the type and its factory in an extension of ``Schedule``, and one line in
/// ``ScheduleKinds/all``. Its parameters are listed once, in `visitParameters`: encoding, decoding, validation,
/// description and notation all follow from that list.
protocol ScheduleKind: Sendable, Equatable {
  /// The name under which the kind is saved and printed.
  static var name: String { get }

  /// The word for it in the notation: the same, or something shorter.
  static var notationName: String { get }

  /// The value after `t` completed steps, `t >= 0`. Must not trap, whatever the parameters are.
  func value(after t: Int) -> Double

  /// See ``Schedule/duration``.
  var duration: Int? { get }

  /// The value, of the kind that has the same at every step.
  var constantValue: Double? { get }

  /// The steps at which the schedule changes its course, for ``Schedule/lint(totalSteps:)``.
  var landmarks: [Landmark] { get }

  /// Shows every parameter to the visitor, in the order in which the factory takes them, with the factory's defaults.
  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure)

  /// The kind in the notation, where a schedule with this first value follows, if one does.
  func notation(before following: Double?) -> WrittenNotation
}

/// A kind that consists of its parameters, so that it can be saved: every kind except a closure.
protocol StoredKind: ScheduleKind {
  /// Any value: the parameters are filled in by the visitor that decodes.
  init()

  /// The notation with the names and defaults of the parameters instead of values.
  static var notationForm: String { get }

  /// What lists and pictures of all kinds show.
  static var example: ScheduleExample { get }
}

extension ScheduleKind {
  static var notationName: String { name }

  var landmarks: [Landmark] { [] }

  var constantValue: Double? { nil }

  func isEqual(to other: any ScheduleKind) -> Bool {
    (other as? Self) == self
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
