import Schedules
import TestSupport
import Testing

/// Nothing traps and everything is finite, whatever the parameters and the step.
@Suite struct TotalityTests {
  static let numbers: [Double] = [
    0, -0.0, 1, 0.1, -1, 1.5, 1e-300, 1e300, -1e300, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
  ]
  static let counts = [0, 1, 2, 3, 10, -1, -10, 1 << 53, Int.max / 2, .max - 1, .max, .min, .min + 1]
  static let steps = [
    0, 1, 2, 3, 9, 10, 11, 1_000, 1 << 31, 1 << 53, (1 << 53) + 1, Int.max / 2, .max - 1, .max, -1, .min,
  ]

  /// Draws absurd parameters.
  struct Absurd {
    var random: SeededGenerator
    var number: Double { mutating get { TotalityTests.numbers.randomElement(using: &random)! } }
    var count: Int { mutating get { TotalityTests.counts.randomElement(using: &random)! } }
    var counts: [Int] { mutating get { (0..<Int.random(in: 0...4, using: &random)).map { _ in count } } }
    var flag: Bool { mutating get { Bool.random(using: &random) } }
    var shape: Annealing { mutating get { Annealing.allCases.randomElement(using: &random)! } }
    var startFactor: Double? { mutating get { flag ? nil : number } }
    var changes: [(at: Int, to: Double)] { mutating get { counts.map { (at: $0, to: number) } } }
    var amplitude: CyclicAmplitude {
      mutating get { flag ? .exponential(factor: number) : flag ? .constant : .halving }
    }
    var schedule: Schedule { mutating get { TotalityTests.curves.randomElement(using: &random)!.make(&self) } }
  }

  static let curves: [(name: String, make: @Sendable (inout Absurd) -> Schedule)] = [
    ("constant", { .constant($0.number) }),
    ("linear", { .linear(from: $0.number, to: $0.number, over: $0.count) }),
    ("decrement", { .decrement(from: $0.number, by: $0.number, floor: $0.number) }),
    (
      "polynomial",
      { .polynomial(from: $0.number, to: $0.number, power: $0.number, over: $0.count, cycle: $0.flag) }
    ),
    (
      "timeBased",
      { .timeBased(from: $0.number, decay: $0.number, power: $0.number, every: $0.count, staircase: $0.flag) }
    ),
    (
      "exponential",
      { .exponential(from: $0.number, factor: $0.number, every: $0.count, staircase: $0.flag, floor: $0.number) }
    ),
    ("step", { .step(from: $0.number, factor: $0.number, every: $0.count) }),
    ("milestones", { .milestones(from: $0.number, factor: $0.number, at: $0.counts) }),
    ("cosine", { .cosine(from: $0.number, to: $0.number, over: $0.count, power: $0.number) }),
    (
      "warmRestarts",
      {
        .warmRestarts(
          from: $0.number, to: $0.number, every: $0.count, lengthFactor: $0.count, peakFactor: $0.number)
      }
    ),
    (
      "cyclic",
      { .cyclic(from: $0.number, to: $0.number, rising: $0.count, falling: $0.count, amplitude: $0.amplitude) }
    ),
    (
      "oneCycle",
      {
        .oneCycle(
          peak: $0.number, over: $0.count, rise: $0.number, startDivisor: $0.number, endDivisor: $0.number,
          shape: $0.shape, phases: $0.flag ? .two : .three, ends: $0.flag ? .wholeSteps : .pyTorch)
      }
    ),
    (
      "oneCycleMomentum",
      {
        .oneCycleMomentum(
          high: $0.number, low: $0.number, over: $0.count, rise: $0.number, shape: $0.shape,
          phases: $0.flag ? .two : .three, ends: $0.flag ? .wholeSteps : .pyTorch)
      }
    ),
    ("warmup", { .warmup(to: $0.number, over: $0.count, startFactor: $0.startFactor) }),
    ("exponentialWarmup", { .exponentialWarmup(to: $0.number, timeConstant: $0.number) }),
    ("untunedAdamWarmup", { .untunedAdamWarmup(to: $0.number, beta2: $0.number) }),
    ("inverseSquareRoot", { .inverseSquareRoot(peak: $0.number, warmup: $0.count) }),
    ("noam", { .noam(modelSize: $0.count, warmup: $0.count, factor: $0.number) }),
    (
      "warmupStableDecay",
      {
        .warmupStableDecay(
          peak: $0.number, warmup: $0.count, stable: $0.count, decay: $0.count, to: $0.number, shape: $0.shape,
          startFactor: $0.startFactor)
      }
    ),
    ("piecewise", { .piecewise(from: $0.number, $0.changes, shape: $0.flag ? nil : $0.shape) }),
  ]

  static let operations: [(name: String, make: @Sendable (inout Absurd) -> Schedule)] = [
    ("then", { $0.flag ? $0.schedule.then($0.schedule) : $0.schedule.then($0.schedule, after: $0.count) }),
    ("scaled", { $0.schedule.scaled(by: $0.number) }),
    ("shifted", { $0.schedule.shifted(by: $0.count) }),
    ("clamped", { $0.schedule.clamped(min: $0.number, max: $0.number) }),
    ("product", { .product($0.schedule, $0.schedule) }),
    ("minimum", { .minimum($0.schedule, $0.schedule) }),
    ("maximum", { .maximum($0.schedule, $0.schedule) }),
    ("repeating", { $0.schedule.repeating(every: $0.count) }),
    ("perEpoch", { $0.schedule.perEpoch(of: $0.count) }),
  ]

  @Test(arguments: (curves + operations).map(\.name))
  func absurdParametersGiveFiniteValues(_ name: String) {
    let make = (Self.curves + Self.operations).first { $0.name == name }!.make
    for seed in 1...2_000 {
      var absurd = Absurd(random: SeededGenerator(seed: UInt64(seed)))
      let schedule = make(&absurd)
      for step in Self.steps {
        let value = schedule(step)
        if !value.isFinite { Issue.record("seed \(seed), \(schedule) at \(step): \(value)") }
      }
      // These must come back too; what they say is tested elsewhere.
      _ = schedule.duration
      _ = try? schedule.validate()
      for totalSteps in [0, 1, 19, 20, 1_000, Int.max, -1, Int.min] {
        _ = schedule.lint(totalSteps: totalSteps)
      }
    }
  }

  @Test func everyKindIsInTheTable() {
    #expect(Set((Self.curves + Self.operations).map(\.name)) == Set(Schedule.kindNames))
    #expect(Set(SchedulesTests.curves.map(\.name)) == Set(Self.curves.map(\.name)))
  }
}
