internal import RealModule

struct InverseSquareRoot: Curve {
  static let name = "inverseSquareRoot"
  static let example = ScheduleExample(
    "inverseSquareRoot(0.1, warmup 15)",
    formula: "peak · min(k/warmup, √(warmup/k)), with k = t + 1")
  var peak = 0.0
  var warmup = 0

  func formula(_ t: Int) -> Double {
    let number = Double(t) + 1
    let length = Double(max(warmup, 1))
    return number < length ? peak * number / length : peak * Double.sqrt(length / number)
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("peak", &peak, .rate)
    try visit("warmup", &warmup, .atLeast(0), default: 4_000)
  }
}

extension Schedule {
  /// A linear warm-up of W = `warmup` steps, then decay with the square root of time: with k = t + 1,
  /// a0 k / W while k < W, afterwards a0 sqrt(W / k). W = 0 is the same as W = 1: no warm-up.
  ///
  /// - Source: the decay of Vaswani et al. 2017, written with its peak; it never ends.
  public static func inverseSquareRoot(peak: Double, warmup: Int = 4_000) -> Schedule {
    Schedule(InverseSquareRoot(peak: peak, warmup: warmup))
  }
}
