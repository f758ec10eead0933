import Schedules
import TestSupport
import Testing

/// Every curve against its plainest form, the golden values, and what all curves have in common.
@Suite struct CurveTests {
  /// The tolerance is that of the reference file: the naive forms cancel near an end value, the product's do not.
  @Test(arguments: curves.map(\.name), 1...20)
  func followsThePlainFormula(_ name: String, _ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let curve = curves.first { $0.name == name }!.make(&random)
    let expected = (0..<300).map(curve.naive)
    let largest = expected.max()!
    for (t, value) in expected.enumerated() {
      #expect(
        abs(curve.schedule(t) - value) <= 1e-12 * value + 1e-14 * largest,
        "seed \(seed), \(curve.schedule) at \(t): \(curve.schedule(t)), plainly \(value)")
    }
  }

  @Test(arguments: [
    (Schedule.polynomial(from: 0.1, power: 2, over: 10), [0: 0.1, 1: 0.081, 5: 0.025, 9: 0.001, 10: 0, 11: 0]),
    (
      .timeBased(from: 0.1, decay: 0.5),
      [
        0: 0.1, 1: 0.0666666666667, 5: 0.0285714285714, 9: 0.0181818181818, 10: 0.0166666666667, 11: 0.0153846153846,
      ]
    ),
    (
      .cosine(from: 0.1, to: 0.001, over: 10),
      [0: 0.1, 1: 0.0975772975566, 5: 0.0505, 9: 0.00342270244339, 10: 0.001, 11: 0.001]
    ),
    (
      .warmRestarts(from: 0.1, to: 0.001, every: 4, lengthFactor: 2),
      [0: 0.1, 3: 0.0154982143313, 4: 0.1, 8: 0.0505, 11: 0.00476796314069, 12: 0.1]
    ),
    (
      .cyclic(from: 0.001, to: 0.1, rising: 4),
      [0: 0.001, 1: 0.02575, 4: 0.1, 6: 0.0505, 8: 0.001, 12: 0.1]
    ),
    (.warmup(to: 0.1, over: 5), [0: 0.02, 1: 0.04, 3: 0.08, 4: 0.1, 5: 0.1]),
  ])
  func hasTheGoldenValues(_ schedule: Schedule, _ values: [Int: Double]) {
    for (t, value) in values {
      // The golden values have twelve digits.
      #expect(abs(schedule(t) - value) <= 5e-13 * max(value, 0.1), "\(schedule) at \(t)")
    }
  }

  @Test func bothEndsAreExact() {
    let (from, to) = (0.1, 0.003)
    for shape in Annealing.allCases {
      let schedules: [Schedule] = [
        .piecewise(from: from, [(at: 7, to: to)], shape: shape),
        .warmupStableDecay(peak: from, warmup: 0, stable: 0, decay: 7, to: to, shape: shape),
      ]
      for schedule in schedules {
        #expect(schedule(0) == from && schedule(6) != to && schedule(7) == to, "\(schedule)")
      }
    }
    for schedule: Schedule in [
      .linear(from: from, to: to, over: 7), .polynomial(from: from, to: to, power: 1.7, over: 7),
      .cosine(from: from, to: to, over: 7), .cosine(from: from, to: to, over: 7, power: 1.7),
    ] {
      #expect(schedule(0) == from && schedule(6) != to && schedule(7) == to, "\(schedule)")
    }
  }

  /// The step before the end of a long cosine is (pi / 2T)^2 to first order; (1 + cos) / 2 would have lost ten digits.
  @Test func aLongCosineKeepsItsDigitsToTheEnd() {
    let steps = 10_000_000
    let expected = (Double.pi / 2 / Double(steps)) * (Double.pi / 2 / Double(steps))
    #expect(abs(Schedule.cosine(from: 1, over: steps)(steps - 1) / expected - 1) < 1e-13)
  }

  @Test func oneCycleUsesItsPeakAndEndsExactly() {
    for over in 3...400 {
      let schedule = Schedule.oneCycle(peak: 0.4, over: over, startDivisor: 20, endDivisor: 100)
      let peakStep = max(1, Int((0.3 * Double(over)).rounded()))
      #expect(schedule(peakStep) == 0.4)
      #expect(schedule.preview(0..<over).filter { $0 == 0.4 }.count == 1)
      #expect(schedule(0) == 0.4 / 20 && schedule(over - 1) == 0.4 / 20 / 100 && schedule(over) == schedule(over - 1))
      let momentum = Schedule.oneCycleMomentum(over: over)
      #expect(momentum(0) == 0.95 && momentum(peakStep) == 0.85 && momentum(over - 1) == 0.95)
    }
  }

  @Test func aCycleOfRestartsOrTrianglesStartsAnewAtItsBoundary() {
    let restarts = Schedule.warmRestarts(from: 0.1, every: 3, lengthFactor: 3)
    var boundary = 0
    var length = 3
    while boundary < 1 << 60 {
      #expect(restarts(boundary) == 0.1, "at \(boundary)")
      (boundary, length) = (boundary + length, length * 3)
    }
    let triangles = Schedule.cyclic(from: 0.001, to: 0.1, rising: 7, falling: 3)
    for cycle in stride(from: 0, to: 1 << 40, by: 7_777_777_777) {
      #expect(triangles(cycle * 10) == 0.001 && triangles(cycle * 10 + 7) == 0.1)
    }
    #expect(Schedule.cyclic(from: 0, to: 1, rising: 4, falling: 0).preview(0..<5) == [0, 0.25, 0.5, 0.75, 0])
  }

  @Test(arguments: 1...200)
  func fromItsDurationOnAScheduleHoldsItsEndValue(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let schedule = seed <= 100 ? random.curve() : random.endingSchedule()
    guard let duration = schedule.duration else { return }
    let end = schedule(duration)
    for steps in [duration + 1, duration + 17, duration * 3, 1 << 50, .max] {
      #expect(schedule(steps) == end, "seed \(seed), \(schedule): \(end) at \(duration), not at \(steps)")
    }
  }

  @Test func aDurationIsTheNumberThatWasTyped() {
    let expected: [(Schedule, Int?)] = [
      (0.1, 0), (.linear(from: 0, to: 1, over: 9), 9), (.decrement(from: 1, by: 0.25), 4),
      (.decrement(from: 0.3, by: 0.1), 3), (.decrement(from: 1, by: 0), nil), (.decrement(from: 1, by: 0, floor: 1), 0),
      (.polynomial(from: 1, over: 9), 9), (.polynomial(from: 1, over: 9, cycle: true), nil),
      (.timeBased(from: 1, decay: 1), nil), (.exponential(from: 1, factor: 0.9), nil), (.step(from: 1, every: 9), nil),
      (.milestones(from: 1, at: [2, 9]), 9), (.cosine(from: 1, over: 9), 9), (.warmRestarts(from: 1, every: 9), nil),
      (.cyclic(from: 0, to: 1), nil), (.oneCycle(peak: 1, over: 9), 9), (.oneCycleMomentum(over: 9), 9),
      (.warmup(to: 1, over: 9), 9), (.exponentialWarmup(to: 1, timeConstant: 9), nil),
      (.untunedAdamWarmup(to: 1), 2_000), (.inverseSquareRoot(peak: 1), nil), (.noam(modelSize: 512), nil),
      (.warmupStableDecay(peak: 1, warmup: 2, stable: 3, decay: 4), 9),
      (.piecewise(from: 1, [(at: 2, to: 1), (at: 9, to: 2)]), 9), (.custom("one") { _ in 1 }, nil),
    ]
    for (schedule, duration) in expected {
      #expect(schedule.duration == duration, "\(schedule)")
    }
  }

  @Test(arguments: 1...300)
  func validSchedulesAreFiniteAndNotNegative(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let schedule = random.schedule()
    try schedule.validate()
    for t in manySteps {
      #expect(schedule(t).isFinite && schedule(t) >= 0, "seed \(seed), \(schedule) at \(t): \(schedule(t))")
    }
  }

  @Test func aLiteralIsAConstant() {
    let schedules: [Schedule] = [0.25, 3]
    #expect(schedules == [.constant(0.25), .constant(3)])
  }

  @Test func aNegativeCountIsTakenAsZero() {
    let schedule = Schedule.warmup(to: 0.1, over: 5)
    #expect(schedule(-1) == schedule(0) && schedule(.min) == schedule(0))
  }

  @Test func theDescriptionShowsEveryParameter() {
    let schedule = Schedule.warmup(to: 0.1, over: 5).then(.cyclic(from: 0, to: 1, rising: 3, amplitude: .halving))
    #expect(
      schedule.description
        == "then(first: warmup(to: 0.1, over: 5, startFactor: nil), "
        + "second: cyclic(from: 0.0, to: 1.0, rising: 3, falling: 3, amplitude: halving), after: 5)")
  }
}
