internal import RealModule

struct Polynomial: Curve {
  static let name = "polynomial"
  static let example = ScheduleExample(
    "polynomial(0.1 -> 0, 100, power 2)",
    formula: "to + (from - to) · (1 - t/over)^power; with cycle, over grows by itself as t passes it")
  var from = 0.0
  var to = 0.0
  var power = 0.0
  var over = 0
  var cycle = false

  func formula(_ t: Int) -> Double {
    let left = Annealing.linear.shares(at: Double(t), of: length(at: t)).start
    let share = Double.pow(left, power)
    return from * share + to * (1 - share)
  }

  /// The length that is in force at step t: with `cycle` the least multiple of `over` that is not below t.
  private func length(at t: Int) -> Double {
    let length = Double(over)
    return cycle ? length * max(1, (Double(t) / length).rounded(.up)) : length
  }

  var duration: Int? { cycle ? nil : max(over, 0) }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("to", &to, .rate, default: 0)
    try visit("power", &power, .positive, default: 1)
    try visit("over", &over, .atLeast(1))
    try visit("cycle", &cycle, default: false)
  }
}

extension Schedule {
  /// A power of the fraction that is left: a1 + (a0 - a1) (1 - min(t, T) / T)^power.
  ///
  /// With `cycle`, T is replaced by T max(1, ceil(t/T)): each time the end is passed, the way is stretched by another
  /// T, so the value jumps up and falls again, less each time, and never ends.
  ///
  /// - Source: the "poly" policy of Caffe; `cycle` as in Keras' PolynomialDecay, whose end value is 1e-4 by default.
  /// - Peers: PyTorch's PolynomialLR has no end value; optax' `transition_begin` is ``shifted(by:)``.
  public static func polynomial(
    from: Double, to: Double = 0, power: Double = 1, over: Int, cycle: Bool = false
  ) -> Schedule {
    Schedule(Polynomial(from: from, to: to, power: power, over: over, cycle: cycle))
  }
}
