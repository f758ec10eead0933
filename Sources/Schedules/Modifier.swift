/// A kind that changes the clock or the value of one other schedule.
protocol Modifier: StoredKind {
  var base: Schedule { get }

  /// The count of steps at which the base is asked when `t` steps are completed.
  func localStep(_ t: Int) -> Int

  /// The least count of completed steps that leads to `localStep`, or `nil` if none does.
  func globalStep(_ localStep: Int) -> Int?

  /// The value that is made of the base's value.
  func modified(_ value: Double) -> Double
}

extension Modifier {
  func localStep(_ t: Int) -> Int { t }
  func globalStep(_ localStep: Int) -> Int? { localStep }
  func modified(_ value: Double) -> Double { value }

  func value(after t: Int) -> Double {
    let value = base.value(after: localStep(t))
    return value.isFinite ? modified(value).madeFinite : value
  }

  var duration: Int? {
    base.duration.map { globalStep($0) ?? 0 }
  }

  var landmarks: [Landmark] {
    base.kind.landmarks.compactMap { landmark in
      globalStep(landmark.step).map {
        Landmark(step: $0, join: landmark.join.map { (modified($0.before), modified($0.after)) })
      }
    }
  }
}
