internal import RealModule

struct Step: Curve {
  static let name = "step"
  static let example = ScheduleExample("step(0.1, factor 0.5, every 30)", formula: "from · factor^⌊t/every⌋")
  var from = 0.0
  var factor = 0.0
  var every = 0

  func formula(_ t: Int) -> Double {
    from * Double.pow(factor, t.periods(of: every, whole: true))
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("factor", &factor, .positive, default: 0.1)
    try visit("every", &every, .atLeast(1))
  }
}

extension Schedule {
  /// A drop at regular intervals: a0 factor^floor(t/s) with s = `every`. The value changes at step s itself.
  ///
  /// - Peers: PyTorch's StepLR, MLX' step_decay.
  public static func step(from: Double, factor: Double = 0.1, every: Int) -> Schedule {
    Schedule(Step(from: from, factor: factor, every: every))
  }
}
