import Foundation
import Schedules
import Testing

/// A closure among the schedules.
@Suite struct CustomTests {
  let sawtooth = Schedule.custom("sawtooth") { step in 0.1 * Double(step % 10 + 1) / 10 }

  @Test func aClosureIsCalledWithTheCompletedSteps() {
    #expect(sawtooth(0) == 0.1 * 1 / 10 && sawtooth(9) == 0.1 && sawtooth(10) == sawtooth(0))
    #expect(sawtooth(-5) == sawtooth(0))
    #expect(sawtooth.scaled(by: 2).shifted(by: 3)(12) == sawtooth(9) * 2)
    #expect(sawtooth.then(0.5, after: 4).preview(2..<6) == [sawtooth(2), sawtooth(3), 0.5, 0.5])
  }

  @Test func savingAClosureIsATypedError() {
    for schedule in [sawtooth, Schedule.warmup(to: 1, over: 5).then(sawtooth.scaled(by: 2))] {
      #expect(throws: ScheduleError.closureCannotBeSaved(name: "sawtooth")) { try JSONEncoder().encode(schedule) }
    }
    #expect(String(describing: ScheduleError.closureCannotBeSaved(name: "sawtooth")).contains("\"sawtooth\""))
  }

  @Test func onlyACopyIsEqual() {
    let copy = sawtooth
    #expect(copy == sawtooth && copy.scaled(by: 2) == sawtooth.scaled(by: 2))
    #expect(sawtooth != .custom("sawtooth") { _ in 1 })
    #expect(sawtooth.description == "custom(name: sawtooth)")
  }

  /// Whoever uses the schedule must see what the closure gave, so no operation may hide it.
  @Test(arguments: [Double.infinity, -.infinity, .nan])
  func whatIsNotFinitePassesThroughTheAlgebra(_ bad: Double) {
    let custom = Schedule.custom("bad") { $0 == 3 ? bad : 1 }
    let schedules: [Schedule] = [
      custom, custom.scaled(by: 0), custom.clamped(min: 0, max: 2), .product(custom, 0), .product(0, custom),
      .minimum(custom, 0.5), .maximum(0.5, custom), custom.shifted(by: 0), custom.repeating(every: 4),
      custom.perEpoch(of: 1), custom.then(1, after: 4), .constant(1).then(custom, after: 0),
    ]
    for schedule in schedules {
      #expect(schedule(3).isNaN == bad.isNaN && (bad.isNaN || schedule(3) == bad), "\(schedule): \(schedule(3))")
      #expect(schedule(2).isFinite)
    }
  }

  @Test func aNegativeValueCanBeClamped() {
    let custom = Schedule.custom("negative") { _ in -1 }
    #expect(custom(0) == -1 && custom.clamped(min: 0.1)(0) == 0.1)
  }
}
