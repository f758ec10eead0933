/// A step at which a schedule changes its course.
struct Landmark: Sendable {
  var step: Int
  /// At a join: what the schedule that ends would have given at this step, and what its successor gives.
  var join: (before: Double, after: Double)?
}

extension Schedule {
  /// The steps at which the schedule changes its course, in order.
  package var turningPoints: [Int] {
    Set(kind.landmarks.map(\.step)).sorted()
  }
}
