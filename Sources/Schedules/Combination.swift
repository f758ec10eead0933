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
