struct Warmup: Curve {
  static let name = "warmup"
  static let example = ScheduleExample(
    "warmup(0.1, 40)",
    formula: "to · min(1, (t + 1)/over); with s = startFactor, to · (s + (1 - s) · t/over)")
  var to = 0.0
  var over = 0
  var startFactor: Double?

  func formula(_ t: Int) -> Double {
    guard let startFactor else {
      return t < over ? to * (Double(t) + 1) / Double(over) : to
    }
    return Annealing.linear.value(from: to * startFactor, to: to, at: Double(t), of: Double(over))
  }

  var duration: Int? { max(over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("to", &to, .rate, default: .successor)
    try visit("over", &over, .atLeast(1))
    try visit("startFactor", &startFactor, .startFactor, default: nil)
  }
}

extension Requirement where Value == Double? {
  static var startFactor: Self {
    .init("between 0 and 1, or nil") { $0 == nil || ($0! >= 0 && $0! <= 1) }
  }
}

extension Schedule {
  /// A linear rise to the full value in `over` steps W: a0 min(1, (t + 1) / W).
  ///
  /// The first update moves by a0 / W, and the last of the W, after t = W - 1, by a0. With a start factor s it is
  /// a0 (s + (1 - s) min(t, W) / W) instead, which begins with s a0 and is full one step later; s = 0 wastes the first
  /// update.
  ///
  /// - Source: Goyal et al. 2017.
  /// - Peers: BERT's original code starts with 0; optax takes a first value; PyTorch's LinearLR takes a start factor,
  ///   1/3 by default.
  public static func warmup(to: Double, over: Int, startFactor: Double? = nil) -> Schedule {
    Schedule(Warmup(to: to, over: over, startFactor: startFactor))
  }
}
