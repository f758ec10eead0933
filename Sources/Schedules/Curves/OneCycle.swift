/// The phases of a one-cycle schedule.
public enum OneCyclePhases: String, Sendable, Equatable, Codable, CaseIterable, ParameterValue {
  /// Up to the peak, then down to the end value.
  case two

  /// Up to the peak, as fast down to the start value, then slowly to the end value.
  case three
}

/// Where the phases of a one-cycle schedule of T steps end, when the fraction p of it rises.
public enum OneCycleEnds: String, Sendable, Equatable, Codable, CaseIterable, ParameterValue {
  /// At whole steps: the peak is used exactly, at step U = max(1, round(p T)); the second of three phases ends at 2 U.
  case wholeSteps

  /// As in PyTorch: at the real numbers p T - 1 and 2 p T - 2, so that the peak may fall between two steps.
  case pyTorch
}

/// The course that rate and momentum share.
struct OneCycleCourse: Sendable, Equatable {
  var over = 0
  var rise = 0.0
  var shape = Annealing.cosine
  var phases = OneCyclePhases.two
  var ends = OneCycleEnds.wholeSteps

  /// The end of the rise, the end of the fall where a third phase follows, and the last step.
  private var phaseEnds: (rise: Double, fall: Double?, last: Double) {
    let length = Double(over)
    let riseEnd = ends == .wholeSteps ? max(1, (rise * length).rounded()) : rise * length - 1
    let fallEnd = ends == .wholeSteps ? 2 * riseEnd : 2 * rise * length - 2
    return (riseEnd, phases == .three ? fallEnd : nil, length - 1)
  }

  func value(after t: Int, start: Double, peak: Double, end: Double) -> Double {
    let ends = phaseEnds
    let step = Double(t)
    if step < ends.rise {
      return shape.value(from: start, to: peak, at: step, of: ends.rise)
    }
    guard let fall = ends.fall else {
      return shape.value(from: peak, to: end, at: step - ends.rise, of: ends.last - ends.rise)
    }
    if step < fall {
      return shape.value(from: peak, to: start, at: step - ends.rise, of: fall - ends.rise)
    }
    return shape.value(from: start, to: end, at: step - fall, of: ends.last - fall)
  }

  mutating func visitLength<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    // A requirement may not read what the visitor is changing, so it asks a copy.
    var course = self
    try visit("over", &over, .atLeast(3))
    try visit(
      "rise", &rise,
      Requirement("a fraction of the \(over) steps that leaves room for the other phases") { rise in
        course.rise = rise
        let ends = course.phaseEnds
        return rise > 0 && ends.rise > 0 && (ends.fall ?? ends.rise) < ends.last
      }, default: 0.3)
  }

  mutating func visitForm<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("shape", &shape, default: .cosine)
    try visit("phases", &phases, default: .two)
    try visit("ends", &ends, default: .wholeSteps)
  }
}

struct OneCycle: Curve {
  static let name = "oneCycle"
  static let example = ScheduleExample(
    "oneCycle(0.1, 100)",
    formula: "peak/startDivisor, up to peak after rise over steps, down to peak/startDivisor/endDivisor")
  var peak = 0.0
  var startDivisor = 0.0
  var endDivisor = 0.0
  var course = OneCycleCourse()

  func formula(_ t: Int) -> Double {
    let start = peak / startDivisor
    return course.value(after: t, start: start, peak: peak, end: start / endDivisor)
  }

  var duration: Int? { max(course.over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("peak", &peak, .rate)
    try course.visitLength(&visit)
    try visit("startDivisor", &startDivisor, .positive, default: 25)
    try visit("endDivisor", &endDivisor, .positive, default: 1e4)
    try course.visitForm(&visit)
  }
}

struct OneCycleMomentum: Curve {
  static let name = "oneCycleMomentum"
  static let example = ScheduleExample(
    "oneCycleMomentum(100)",
    formula: "high, down to low after rise over steps, up to high")
  var high = 0.0
  var low = 0.0
  var course = OneCycleCourse()

  func formula(_ t: Int) -> Double {
    course.value(after: t, start: high, peak: low, end: high)
  }

  var duration: Int? { max(course.over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("high", &high, .rate, default: 0.95)
    try visit("low", &low, .rate(atMost: high, named: "high"), default: 0.85)
    try course.visitLength(&visit)
    try course.visitForm(&visit)
  }
}

extension Schedule {
  /// One rise to the peak and one fall far below the start, in `over` steps T: from M / d at step 0 to the peak M at
  /// step U = max(1, round(`rise` T)), then to M / d / e at the last step, T - 1, and held there.
  ///
  /// With three phases it returns to M / d at step 2 U before it falls to the end.
  ///
  /// - Parameters:
  ///   - peak: the highest value, M.
  ///   - over: the number of steps, T, at least 3.
  ///   - rise: the fraction of the steps that rise.
  ///   - startDivisor: d, by how much the first value is below the peak.
  ///   - endDivisor: e, by how much the last value is below the first.
  ///   - shape: the way between two levels.
  ///   - phases: two or three.
  ///   - ends: at which steps the phases end.
  /// - Source: Smith and Topin 2017.
  /// - Peers: PyTorch's OneCycleLR is `ends: .pyTorch`; it divides by zero when `rise` times T is 1, and throws when
  ///   asked past its end. optax cuts at int(rise T) and reaches the end at step T: a ``piecewise(from:_:shape:)``.
  public static func oneCycle(
    peak: Double, over: Int, rise: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4,
    shape: Annealing = .cosine, phases: OneCyclePhases = .two, ends: OneCycleEnds = .wholeSteps
  ) -> Schedule {
    Schedule(
      OneCycle(
        peak: peak, startDivisor: startDivisor, endDivisor: endDivisor,
        course: OneCycleCourse(over: over, rise: rise, shape: shape, phases: phases, ends: ends)))
  }

  /// The momentum that goes with a one-cycle rate, its mirror image: high, low at the rate's peak, high again.
  ///
  /// Give it the same `over`, `rise`, `shape`, `phases` and `ends`. In the third of three phases it stays high.
  ///
  /// - Source: Smith and Topin 2017.
  /// - Peers: PyTorch's `max_momentum` and `base_momentum`.
  public static func oneCycleMomentum(
    high: Double = 0.95, low: Double = 0.85, over: Int, rise: Double = 0.3, shape: Annealing = .cosine,
    phases: OneCyclePhases = .two, ends: OneCycleEnds = .wholeSteps
  ) -> Schedule {
    Schedule(
      OneCycleMomentum(
        high: high, low: low,
        course: OneCycleCourse(over: over, rise: rise, shape: shape, phases: phases, ends: ends)))
  }
}
