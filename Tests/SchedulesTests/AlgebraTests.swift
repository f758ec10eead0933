import Schedules
import TestSupport
import Testing

/// The laws of the algebra, bit for bit, on random schedules.
@Suite struct AlgebraTests {
  static let seeds = 1...100

  @Test(arguments: seeds)
  func joiningNothingChangesNothing(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (schedule, other) = (random.schedule(), random.schedule())
    #expect(areIdentical(other.then(schedule, after: 0), schedule), "seed \(seed), \(schedule)")
    #expect(areIdentical(schedule.shifted(by: 0), schedule), "seed \(seed), \(schedule)")
    #expect(areIdentical(schedule.then(schedule.shifted(by: -40), after: 40), schedule), "seed \(seed), \(schedule)")
    let joined = schedule.then(other, after: .max)
    #expect((0..<1_000).allSatisfy { joined($0).bitPattern == schedule($0).bitPattern }, "seed \(seed), \(schedule)")
  }

  @Test(arguments: seeds)
  func joiningIsAssociative(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (a, b, c) = (random.schedule(), random.schedule(), random.schedule())
    let (m, n) = (random.length(0...60), random.length(0...60))
    #expect(
      areIdentical(a.then(b, after: m).then(c, after: m + n), a.then(b.then(c, after: n), after: m)),
      "seed \(seed), \(a), \(b), \(c)")
    let (x, y) = (random.endingSchedule(), random.endingSchedule())
    #expect(areIdentical(x.then(y).then(c), x.then(y.then(c))), "seed \(seed), \(x), \(y), \(c)")
    #expect(x.then(y).then(x).duration == x.then(y.then(x)).duration)
  }

  @Test(arguments: seeds)
  func eachPartOfAJoinRunsOnItsOwnClock(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (a, b, n) = (random.endingSchedule(), random.schedule(), random.length(0...60))
    let joined = a.then(b, after: n)
    for t in 0..<300 {
      #expect(joined(t) == (t < n ? a(t) : b(t - n)), "seed \(seed), \(joined) at \(t)")
    }
    let duration = a.duration!
    #expect(a.then(b) == a.then(b, after: duration))
    #expect(a.then(b).duration == b.duration.map { $0 + duration })
  }

  @Test func whatFollowsAScheduleWithoutAnEndIsNeverReached() {
    for (endless, duration) in [(0.1, 0), (.step(from: 0.1, every: 9), nil)] as [(Schedule, Int?)] {
      let joined = endless.then(.linear(from: 5, to: 6, over: 10))
      #expect(joined.duration == duration && joined(1_000_000) == endless(1_000_000))
    }
  }

  @Test(arguments: seeds)
  func previewsAreTheLiveValues(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let schedule = random.schedule()
    var live: [UInt64] = []
    for completedSteps in 0..<500 { live.append(schedule.value(after: completedSteps).bitPattern) }
    #expect(schedule.preview(0..<500).map(\.bitPattern) == live, "seed \(seed), \(schedule)")
    #expect(schedule.preview((0..<500).reversed()).reversed().map(\.bitPattern) == live, "seed \(seed), \(schedule)")
    let some = stride(from: 0, to: 500, by: 7)
    #expect(schedule.preview(some).map(\.bitPattern) == some.map { live[$0] }, "seed \(seed), \(schedule)")
  }

  @Test(arguments: seeds)
  func repeatingIsPeriodic(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (schedule, n) = (random.schedule(), random.length())
    let repeated = schedule.repeating(every: n)
    for t in 0..<300 {
      #expect(repeated(t) == schedule(t % n), "seed \(seed), \(repeated) at \(t)")
      #expect(repeated(t + 1_000_000 * n) == repeated(t), "seed \(seed), \(repeated) at \(t)")
    }
    #expect(areIdentical(repeated.repeating(every: n), repeated))
    #expect(repeated.duration == nil)
  }

  @Test(arguments: seeds)
  func epochsAreStepsOfTheirOwn(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (schedule, m, n) = (random.schedule(), random.length(1...9), random.length(1...9))
    let perEpoch = schedule.perEpoch(of: n)
    for t in 0..<300 {
      #expect(perEpoch(t) == schedule(t / n), "seed \(seed), \(perEpoch) at \(t)")
    }
    #expect(areIdentical(schedule.perEpoch(of: 1), schedule), "seed \(seed), \(schedule)")
    #expect(areIdentical(perEpoch.perEpoch(of: m), schedule.perEpoch(of: m * n)), "seed \(seed), \(schedule)")
    #expect(perEpoch.duration == schedule.duration.map { $0 * n })
    // Joined in epochs or in steps, it is the same.
    let (first, second, k) = (random.schedule(), random.schedule(), random.length(0...40))
    #expect(
      areIdentical(
        first.then(second, after: k).perEpoch(of: n),
        first.perEpoch(of: n).then(second.perEpoch(of: n), after: k * n)),
      "seed \(seed), \(first), \(second)")
  }

  @Test(arguments: seeds)
  func scalingMultiplies(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (a, b, n) = (random.schedule(), random.schedule(), random.length(0...60))
    let factor = random.rate()
    #expect((0..<300).allSatisfy { a.scaled(by: factor)($0) == a($0) * factor }, "seed \(seed), \(a)")
    #expect(areIdentical(a.scaled(by: 1), a), "seed \(seed), \(a)")
    #expect(areIdentical(a.scaled(by: 4).scaled(by: 0.25), a), "seed \(seed), \(a)")
    #expect((0..<300).allSatisfy { a.scaled(by: 0)($0) == 0 }, "seed \(seed), \(a)")
    #expect(areIdentical(.product(a, .constant(factor)), a.scaled(by: factor)), "seed \(seed), \(a)")
    #expect(
      areIdentical(
        a.then(b, after: n).scaled(by: factor), a.scaled(by: factor).then(b.scaled(by: factor), after: n)),
      "seed \(seed), \(a), \(b)")
    #expect(a.scaled(by: factor).duration == a.duration)
  }

  @Test(arguments: seeds)
  func shiftingHoldsTheFirstValueOrLeavesOutTheBeginning(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (schedule, m, n) = (random.schedule(), random.length(0...50), random.length(0...50))
    for t in 0..<300 {
      #expect(schedule.shifted(by: n)(t) == schedule(max(t - n, 0)), "seed \(seed), \(schedule) at \(t)")
      #expect(schedule.shifted(by: -n)(t) == schedule(t + n), "seed \(seed), \(schedule) at \(t)")
    }
    #expect(areIdentical(schedule.shifted(by: m).shifted(by: n), schedule.shifted(by: m + n)), "seed \(seed)")
    let thereAndBack = schedule.shifted(by: n).shifted(by: -n)
    #expect((0..<1_000).allSatisfy { thereAndBack($0).bitPattern == schedule($0).bitPattern }, "seed \(seed)")
    #expect(schedule.shifted(by: -1_000_000).duration == schedule.duration.map { max($0 - 1_000_000, 0) })
  }

  @Test(arguments: seeds)
  func productsAndExtremaCombineValues(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let (a, b) = (random.schedule(), random.schedule())
    for t in 0..<300 {
      #expect(Schedule.product(a, b)(t) == a(t) * b(t), "seed \(seed), \(a), \(b) at \(t)")
      #expect(Schedule.minimum(a, b)(t) == min(a(t), b(t)), "seed \(seed), \(a), \(b) at \(t)")
      #expect(Schedule.maximum(a, b)(t) == max(a(t), b(t)), "seed \(seed), \(a), \(b) at \(t)")
    }
    #expect(areIdentical(.minimum(a, a), a) && areIdentical(.maximum(a, a), a))
    let clamped = Schedule.minimum(.maximum(a, 0.01), 0.5)
    #expect(areIdentical(a.clamped(min: 0.01, max: 0.5), clamped), "seed \(seed), \(a)")
    #expect(areIdentical(a.clamped(), a), "seed \(seed), \(a)")
  }

  @Test func aCombinationEndsWithItsLongerPart() {
    let (short, long) = (Schedule.linear(from: 1, to: 0.5, over: 5), Schedule.cosine(from: 1, over: 9))
    #expect(Schedule.product(short, long).duration == 9 && Schedule.maximum(long, 0.1).duration == 9)
    #expect(Schedule.minimum(short, .step(from: 1, every: 2)).duration == nil)
  }

  @Test func overflowInTheAlgebraStopsAtTheLargestNumber() {
    let huge = Schedule.constant(1e300)
    #expect(huge.scaled(by: 1e300)(0) == .greatestFiniteMagnitude)
    #expect(Schedule.product(huge, huge)(0) == .greatestFiniteMagnitude)
    let long = Schedule.linear(from: 0, to: 1, over: .max)
    #expect(long.then(long).duration == .max && long.perEpoch(of: 3).duration == .max)
    #expect(long.shifted(by: .max).duration == .max)
  }

  /// PyTorch's cosine goes on after its end, and so rises again: here that has to be said.
  @Test func aCosineThatRisesAgainIsARepetition() {
    let wave = Schedule.cosine(from: 0.1, to: 0.01, over: 20).then(.cosine(from: 0.01, to: 0.1, over: 20))
      .repeating(every: 40)
    #expect(wave(0) == 0.1 && wave(20) == 0.01 && wave(40) == 0.1 && wave(60) == 0.01)
    #expect(abs(wave(13) - wave(27)) <= 1e-17)
  }
}
