internal import RealModule

struct Milestones: Curve {
  static let name = "milestones"
  static let example = ScheduleExample(
    "milestones(0.1, factor 0.4, at [30, 60, 80])",
    formula: "from · factor^n after n of the steps in at")
  var from = 0.0
  var factor = 0.0
  var at: [Int] = []

  func formula(_ t: Int) -> Double {
    var passed = 0
    for milestone in at where milestone <= t { passed += 1 }
    return from * Double.pow(factor, Double(passed))
  }

  var duration: Int? { max(at.last ?? 0, 0) }

  var landmarks: [Landmark] { at.map { Landmark(step: $0) } }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("factor", &factor, .positive, default: 0.1)
    try visit("at", &at, .boundaries)
  }
}

extension Schedule {
  /// A drop at each of the given steps: a0 factor^n, where n counts the milestones m <= t. The value changes at step m
  /// itself, and a milestone at 0 counts from the start.
  ///
  /// - Peers: PyTorch's MultiStepLR counts a milestone that is named twice twice; here that is an error, since it is
  ///   more often a slip. Meant so, it is the ``product(_:_:)`` of two such schedules.
  public static func milestones(from: Double, factor: Double = 0.1, at milestones: [Int]) -> Schedule {
    Schedule(Milestones(from: from, factor: factor, at: milestones))
  }
}
