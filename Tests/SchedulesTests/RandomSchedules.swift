import NaiveReference
import Schedules
import TestSupport

/// A schedule with random, valid parameters, and the same rate as the plainest function.
struct RateCase {
  let schedule: Schedule
  let naive: (Int) -> Double
}

extension SeededGenerator {
  /// A rate between 1e-5 and 10, all magnitudes alike.
  mutating func rate() -> Double {
    var exponent = Double.random(in: -5...1, using: &self)
    var value = 1.0
    while exponent < 0 { (value, exponent) = (value / 10, exponent + 1) }
    return value * (1 + 9 * exponent)
  }

  mutating func fraction(_ range: ClosedRange<Double> = 0...1) -> Double { .random(in: range, using: &self) }
  mutating func length(_ range: ClosedRange<Int> = 1...120) -> Int { .random(in: range, using: &self) }
  mutating func shape() -> Annealing { Annealing.allCases.randomElement(using: &self)! }

  /// Strictly increasing steps, the first one 0 now and then.
  mutating func boundaries() -> [Int] {
    var steps = [length(0...3)]
    for _ in 0..<length(0...4) { steps.append(steps.last! + length(1...40)) }
    return steps
  }
}

/// Every kind of curve with random parameters, beside its naive form.
let curves: [(name: String, make: @Sendable (inout SeededGenerator) -> RateCase)] = [
  (
    "constant",
    { random in
      let a0 = random.rate()
      return RateCase(schedule: .constant(a0)) { _ in a0 }
    }
  ),
  (
    "linear",
    { random in
      let (a0, a1, T) = (random.rate(), random.rate(), random.length())
      return RateCase(schedule: .linear(from: a0, to: a1, over: T)) {
        NaiveSchedules.linear(a0, a1, Double(T), Double($0))
      }
    }
  ),
  (
    "decrement",
    { random in
      let a0 = random.rate()
      let (d, floor) = (a0 * random.fraction(0.01...0.3), a0 * random.fraction(0...0.5))
      return RateCase(schedule: .decrement(from: a0, by: d, floor: floor)) {
        NaiveSchedules.decrement(a0, d, floor, Double($0))
      }
    }
  ),
  (
    "polynomial",
    { random in
      let (a0, a1, gamma, T) = (random.rate(), random.rate(), random.fraction(0.3...4), random.length())
      let cycle = Bool.random(using: &random)
      return RateCase(schedule: .polynomial(from: a0, to: a1, power: gamma, over: T, cycle: cycle)) {
        NaiveSchedules.polynomial(a0, a1, gamma, Double(T), cycle: cycle, Double($0))
      }
    }
  ),
  (
    "timeBased",
    { random in
      let (a0, k, p) = (random.rate(), random.rate(), random.fraction(0.4...2))
      let (s, staircase) = (random.length(1...10), Bool.random(using: &random))
      return RateCase(schedule: .timeBased(from: a0, decay: k, power: p, every: s, staircase: staircase)) {
        NaiveSchedules.timeBased(a0, k, p, Double(s), staircase: staircase, Double($0))
      }
    }
  ),
  (
    "exponential",
    { random in
      let (a0, gamma) = (random.rate(), random.fraction(0.5...1.02))
      let (s, staircase) = (random.length(1...10), Bool.random(using: &random))
      let floor = Bool.random(using: &random) ? 0 : a0 * random.fraction()
      return RateCase(
        schedule: .exponential(from: a0, factor: gamma, every: s, staircase: staircase, floor: floor)
      ) { NaiveSchedules.exponential(a0, gamma, Double(s), staircase: staircase, floor, Double($0)) }
    }
  ),
  (
    "step",
    { random in
      let (a0, gamma, s) = (random.rate(), random.fraction(0.2...1), random.length(1...50))
      return RateCase(schedule: .step(from: a0, factor: gamma, every: s)) { NaiveSchedules.step(a0, gamma, s, $0) }
    }
  ),
  (
    "milestones",
    { random in
      let (a0, gamma, steps) = (random.rate(), random.fraction(0.1...1), random.boundaries())
      return RateCase(schedule: .milestones(from: a0, factor: gamma, at: steps)) {
        NaiveSchedules.milestones(a0, gamma, steps, $0)
      }
    }
  ),
  (
    "cosine",
    { random in
      let (a0, a1, T) = (random.rate(), random.rate(), random.length())
      let p = Bool.random(using: &random) ? 1 : random.fraction(0.5...3)
      return RateCase(schedule: .cosine(from: a0, to: a1, over: T, power: p)) {
        NaiveSchedules.cosine(a0, a1, Double(T), p, Double($0))
      }
    }
  ),
  (
    "warmRestarts",
    { random in
      let a0 = random.rate()
      let (a1, M) = (a0 * random.fraction(), random.fraction(0.3...1))
      let (T0, m) = (random.length(1...20), random.length(1...3))
      return RateCase(schedule: .warmRestarts(from: a0, to: a1, every: T0, lengthFactor: m, peakFactor: M)) {
        NaiveSchedules.warmRestarts(a0, a1, T0, m, M, $0)
      }
    }
  ),
  (
    "cyclic",
    { random in
      let (b, M, U, D) = (random.rate(), random.rate(), random.length(1...30), random.length(1...30))
      let factor = random.fraction(0.9...1)
      let (amplitude, h): (CyclicAmplitude, (Double, Double) -> Double) =
        switch random.length(0...2) {
        case 0: (.constant, { _, _ in 1 })
        case 1: (.halving, { c, _ in 1 / NaiveSchedules.exponential(1, 2, 1, staircase: false, 0, c - 1) })
        default:
          (.exponential(factor: factor), { _, t in NaiveSchedules.exponential(1, factor, 1, staircase: false, 0, t) })
        }
      return RateCase(schedule: .cyclic(from: b, to: M, rising: U, falling: D, amplitude: amplitude)) {
        NaiveSchedules.cyclic(b, M, Double(U), Double(D), h, Double($0))
      }
    }
  ),
  (
    "oneCycle",
    { random in
      let (M, T, rise) = (random.rate(), random.length(20...150), random.fraction(0.15...0.45))
      let (div, final, shape) = (random.fraction(2...50), random.fraction(10...1e4), random.shape())
      let (phases, ends) = random.phasesAndEnds()
      let naive = oneCycleLevels(start: M / div, peak: M, end: M / div / final, T, rise, phases, ends)
      return RateCase(
        schedule: .oneCycle(
          peak: M, over: T, rise: rise, startDivisor: div, endDivisor: final, shape: shape, phases: phases, ends: ends)
      ) { NaiveSchedules.levels(naive, shape.rawValue, Double($0)) }
    }
  ),
  (
    "oneCycleMomentum",
    { random in
      let (high, T, rise) = (random.rate(), random.length(20...150), random.fraction(0.15...0.45))
      let (low, shape) = (high * random.fraction(), random.shape())
      let (phases, ends) = random.phasesAndEnds()
      let naive = oneCycleLevels(start: high, peak: low, end: high, T, rise, phases, ends)
      return RateCase(
        schedule: .oneCycleMomentum(
          high: high, low: low, over: T, rise: rise, shape: shape, phases: phases, ends: ends)
      ) { NaiveSchedules.levels(naive, shape.rawValue, Double($0)) }
    }
  ),
  (
    "warmup",
    { random in
      let (a0, W) = (random.rate(), random.length())
      if Bool.random(using: &random) {
        return RateCase(schedule: .warmup(to: a0, over: W)) { NaiveSchedules.warmup(a0, Double(W), Double($0)) }
      }
      let s = random.fraction()
      return RateCase(schedule: .warmup(to: a0, over: W, startFactor: s)) {
        NaiveSchedules.warmup(a0, Double(W), startFactor: s, Double($0))
      }
    }
  ),
  (
    "exponentialWarmup",
    { random in
      let (a0, tau) = (random.rate(), random.fraction(0.5...60))
      return RateCase(schedule: .exponentialWarmup(to: a0, timeConstant: tau)) {
        NaiveSchedules.exponentialWarmup(a0, tau, Double($0))
      }
    }
  ),
  (
    "untunedAdamWarmup",
    { random in
      let (a0, beta2) = (random.rate(), random.fraction(0...0.995))
      return RateCase(schedule: .untunedAdamWarmup(to: a0, beta2: beta2)) {
        NaiveSchedules.untunedAdamWarmup(a0, beta2, Double($0))
      }
    }
  ),
  (
    "inverseSquareRoot",
    { random in
      let (a0, W) = (random.rate(), random.length(0...80))
      return RateCase(schedule: .inverseSquareRoot(peak: a0, warmup: W)) {
        NaiveSchedules.inverseSquareRoot(a0, Double(W), Double($0))
      }
    }
  ),
  (
    "noam",
    { random in
      let (c, d, W) = (random.rate(), random.length(1...1_024), random.length(1...80))
      return RateCase(schedule: .noam(modelSize: d, warmup: W, factor: c)) {
        NaiveSchedules.noam(c, Double(d), Double(W), Double($0))
      }
    }
  ),
  (
    "warmupStableDecay",
    { random in
      let (a0, W, S, D) = (random.rate(), random.length(0...30), random.length(0...50), random.length(1...50))
      let (a1, shape) = (a0 * random.fraction(), random.shape())
      return RateCase(
        schedule: .warmupStableDecay(peak: a0, warmup: W, stable: S, decay: D, to: a1, shape: shape)
      ) { NaiveSchedules.warmupStableDecay(a0, Double(W), Double(S), Double(D), a1, shape.rawValue, Double($0)) }
    }
  ),
  (
    "piecewise",
    { random in
      let a0 = random.rate()
      let changes = random.boundaries().map { (at: $0, to: random.rate()) }
      if Bool.random(using: &random) {
        return RateCase(schedule: .piecewise(from: a0, changes)) { NaiveSchedules.piecewise(a0, changes, $0) }
      }
      let shape = random.shape()
      let levels = [(at: 0.0, a0)] + changes.map { (at: Double($0.at), $0.to) }
      return RateCase(schedule: .piecewise(from: a0, changes, shape: shape)) {
        NaiveSchedules.levels(levels, shape.rawValue, Double($0))
      }
    }
  ),
]

extension SeededGenerator {
  fileprivate mutating func phasesAndEnds() -> (OneCyclePhases, OneCycleEnds) {
    (Bool.random(using: &self) ? .two : .three, Bool.random(using: &self) ? .wholeSteps : .pyTorch)
  }
}

private func oneCycleLevels(
  start: Double, peak: Double, end: Double, _ length: Int, _ rise: Double, _ phases: OneCyclePhases,
  _ ends: OneCycleEnds
) -> [(at: Double, Double)] {
  let p = rise * Double(length)
  let up = ends == .wholeSteps ? p.rounded() : p - 1
  let down = ends == .wholeSteps ? 2 * p.rounded() : 2 * p - 2
  let rise = [(at: 0.0, start), (at: up, peak)]
  let end = (at: Double(length - 1), end)
  return phases == .two ? rise + [end] : rise + [(at: down, start), end]
}

extension SeededGenerator {
  /// A curve of any kind.
  mutating func curve() -> Schedule {
    curves.randomElement(using: &self)!.make(&self).schedule
  }

  /// A curve, or curves joined and changed by operations of the algebra to the given depth.
  mutating func schedule(depth: Int = 3) -> Schedule {
    guard depth > 0 else { return curve() }
    let inner = schedule(depth: depth - 1)
    switch length(0...9) {
    case 0: return inner
    case 1: return inner.then(schedule(depth: depth - 1), after: length(0...100))
    case 2: return inner.scaled(by: rate())
    case 3: return inner.shifted(by: length(-50...50))
    case 4: return inner.clamped(min: 1e-4, max: 1)
    case 5: return .product(inner, schedule(depth: depth - 1))
    case 6: return .minimum(inner, schedule(depth: depth - 1))
    case 7: return .maximum(inner, schedule(depth: depth - 1))
    case 8: return inner.repeating(every: length())
    default: return inner.perEpoch(of: length(1...10))
    }
  }

  /// A schedule that ends.
  mutating func endingSchedule() -> Schedule {
    while true {
      let schedule = schedule(depth: 2)
      if let duration = schedule.duration, duration > 0 { return schedule }
    }
  }
}

/// The steps at which two schedules are compared: all of the first thousand, and some far away.
let manySteps = Array(0..<1_000) + [4_096, 99_999, 1 << 40, Int.max - 1, Int.max]

/// Whether two schedules have the same bits at many steps.
func areIdentical(_ left: Schedule, _ right: Schedule) -> Bool {
  manySteps.allSatisfy { left($0).bitPattern == right($0).bitPattern }
}
