struct Piecewise: Curve {
  static let name = "piecewise"
  static let example = ScheduleExample(
    "piecewise(0.02, at [20, 50, 90], values [0.1, 0.05, 0.01], shape cosine)",
    formula: "values[i] from step at[i] on; with a shape, on the way from one to the next")
  var from = 0.0
  var at: [Int] = []
  var values: [Double] = []
  var shape: Annealing?

  func formula(_ t: Int) -> Double {
    var start = (step: 0, value: from)
    for index in 0..<min(at.count, values.count) {
      guard at[index] <= t else {
        guard let shape else { return start.value }
        return shape.value(
          from: start.value, to: values[index], at: Double(t - start.step), of: Double(at[index] - start.step))
      }
      start = (max(at[index], 0), values[index])
    }
    return start.value
  }

  var duration: Int? { max(at.last ?? 0, 0) }

  var landmarks: [Landmark] { at.map { Landmark(step: $0) } }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("at", &at, .boundaries)
    let count = at.count
    try visit(
      "values", &values,
      Requirement("\(count) values, one for each step in at, finite and at least 0") { values in
        values.count == count && values.allSatisfy(Requirement.rate.isMet)
      })
    try visit("shape", &shape, default: nil)
  }
}

extension Schedule {
  /// Given values at given steps: `.piecewise(from: 0.1, [(at: 30, to: 0.01), (at: 60, to: 0.001)])`.
  ///
  /// Without a shape each value is held until the next one's step, where the next one holds already. With a shape the
  /// values between are on the way from one to the next, starting with `from` at step 0. After the last it stays.
  ///
  /// - Parameters:
  ///   - from: the value at first; never used if the first change is at step 0.
  ///   - changes: the values and their steps, strictly increasing.
  ///   - shape: the way from one value to the next, or `nil` to hold.
  /// - Peers: optax' piecewise_constant_schedule and piecewise_interpolate_schedule list scales, each relative to the
  ///   value before, instead of values.
  public static func piecewise(
    from: Double, _ changes: [(at: Int, to: Double)], shape: Annealing? = nil
  ) -> Schedule {
    Schedule(Piecewise(from: from, at: changes.map(\.at), values: changes.map(\.to), shape: shape))
  }
}
