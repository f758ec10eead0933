internal import RealModule

struct Noam: Curve {
  static let name = "noam"
  static let example = ScheduleExample(
    "noam(512, warmup 15)",
    formula: "factor/√modelSize · min(1/√k, k/√warmup³), with k = t + 1")
  var modelSize = 0
  var warmup = 0
  var factor = 0.0

  func formula(_ t: Int) -> Double {
    let number = Double(t) + 1
    let length = Double(max(warmup, 1))
    return factor / Double.sqrt(Double(modelSize))
      * min(1 / Double.sqrt(number), number / (length * Double.sqrt(length)))
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("modelSize", &modelSize, .atLeast(1))
    try visit("warmup", &warmup, .atLeast(1), default: 4_000)
    try visit("factor", &factor, .rate, default: 1)
  }
}

extension Schedule {
  /// The rate of the Transformer: factor d^(-1/2) min(k^(-1/2), k W^(-3/2)), with k = t + 1, d the model's width and W
  /// the warm-up's steps. Its peak, at k = W, is factor / sqrt(d W).
  ///
  /// - Source: Vaswani et al. 2017, equation 3.
  public static func noam(modelSize: Int, warmup: Int = 4_000, factor: Double = 1) -> Schedule {
    Schedule(Noam(modelSize: modelSize, warmup: warmup, factor: factor))
  }
}
