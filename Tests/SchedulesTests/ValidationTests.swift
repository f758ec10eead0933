import Foundation
import Schedules
import Testing

/// Each parameter that can be wrong is refused under its name.
@Suite struct ValidationTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    let parameter: String
    let schedules: [Schedule]
    var testDescription: String { parameter }
    var kind: String { String(parameter.prefix { $0 != "." }) }
    var name: String { String(parameter.drop { $0 != "." }.dropFirst()) }
  }

  /// Values that no hyper-parameter may have.
  static func rates(_ make: (Double) -> Schedule) -> [Schedule] { [-0.1, .nan, .infinity, -.infinity].map(make) }
  static func positives(_ make: (Double) -> Schedule) -> [Schedule] { rates(make) + [make(0)] }
  static func counts(_ make: (Int) -> Schedule) -> [Schedule] { [0, -1, Int.min].map(make) }
  static func boundaries(_ make: ([Int]) -> Schedule) -> [Schedule] { [[-1, 3], [3, 3], [5, 3]].map(make) }

  static let refusals: [Refusal] = [
    Refusal(parameter: "constant.value", schedules: rates { .constant($0) }),
    Refusal(parameter: "linear.from", schedules: rates { .linear(from: $0, to: 0, over: 1) }),
    Refusal(parameter: "linear.to", schedules: rates { .linear(from: 0, to: $0, over: 1) }),
    Refusal(parameter: "linear.over", schedules: counts { .linear(from: 0, to: 0, over: $0) }),
    Refusal(parameter: "decrement.from", schedules: rates { .decrement(from: $0, by: 0) }),
    Refusal(parameter: "decrement.by", schedules: rates { .decrement(from: 1, by: $0) }),
    Refusal(
      parameter: "decrement.floor",
      schedules: rates { .decrement(from: 1, by: 0, floor: $0) }
        + [.decrement(from: 1, by: 0, floor: 1.1)]),
    Refusal(parameter: "polynomial.from", schedules: rates { .polynomial(from: $0, over: 1) }),
    Refusal(parameter: "polynomial.to", schedules: rates { .polynomial(from: 1, to: $0, over: 1) }),
    Refusal(parameter: "polynomial.power", schedules: positives { .polynomial(from: 1, power: $0, over: 1) }),
    Refusal(parameter: "polynomial.over", schedules: counts { .polynomial(from: 1, over: $0) }),
    Refusal(parameter: "timeBased.from", schedules: rates { .timeBased(from: $0, decay: 1) }),
    Refusal(parameter: "timeBased.decay", schedules: rates { .timeBased(from: 1, decay: $0) }),
    Refusal(parameter: "timeBased.power", schedules: positives { .timeBased(from: 1, decay: 1, power: $0) }),
    Refusal(parameter: "timeBased.every", schedules: counts { .timeBased(from: 1, decay: 1, every: $0) }),
    Refusal(parameter: "exponential.from", schedules: rates { .exponential(from: $0, factor: 1) }),
    Refusal(parameter: "exponential.factor", schedules: positives { .exponential(from: 1, factor: $0) }),
    Refusal(parameter: "exponential.every", schedules: counts { .exponential(from: 1, factor: 1, every: $0) }),
    Refusal(
      parameter: "exponential.floor",
      schedules: rates { .exponential(from: 1, factor: 1, floor: $0) } + [.exponential(from: 1, factor: 1, floor: 2)]),
    Refusal(parameter: "step.from", schedules: rates { .step(from: $0, every: 1) }),
    Refusal(parameter: "step.factor", schedules: positives { .step(from: 1, factor: $0, every: 1) }),
    Refusal(parameter: "step.every", schedules: counts { .step(from: 1, every: $0) }),
    Refusal(parameter: "milestones.from", schedules: rates { .milestones(from: $0, at: []) }),
    Refusal(parameter: "milestones.factor", schedules: positives { .milestones(from: 1, factor: $0, at: []) }),
    Refusal(parameter: "milestones.at", schedules: boundaries { .milestones(from: 1, at: $0) }),
    Refusal(parameter: "cosine.from", schedules: rates { .cosine(from: $0, over: 1) }),
    Refusal(parameter: "cosine.to", schedules: rates { .cosine(from: 1, to: $0, over: 1) }),
    Refusal(parameter: "cosine.over", schedules: counts { .cosine(from: 1, over: $0) }),
    Refusal(parameter: "cosine.power", schedules: positives { .cosine(from: 1, over: 1, power: $0) }),
    Refusal(parameter: "warmRestarts.from", schedules: rates { .warmRestarts(from: $0, every: 1) }),
    Refusal(
      parameter: "warmRestarts.to",
      schedules: rates { .warmRestarts(from: 1, to: $0, every: 1) } + [.warmRestarts(from: 1, to: 2, every: 1)]),
    Refusal(parameter: "warmRestarts.every", schedules: counts { .warmRestarts(from: 1, every: $0) }),
    Refusal(
      parameter: "warmRestarts.lengthFactor", schedules: counts { .warmRestarts(from: 1, every: 1, lengthFactor: $0) }),
    Refusal(
      parameter: "warmRestarts.peakFactor", schedules: positives { .warmRestarts(from: 1, every: 1, peakFactor: $0) }),
    Refusal(parameter: "cyclic.from", schedules: rates { .cyclic(from: $0, to: 1) }),
    Refusal(parameter: "cyclic.to", schedules: rates { .cyclic(from: 1, to: $0) }),
    Refusal(parameter: "cyclic.rising", schedules: counts { .cyclic(from: 0, to: 1, rising: $0, falling: 1) }),
    Refusal(parameter: "cyclic.falling", schedules: [-1, .min].map { .cyclic(from: 0, to: 1, falling: $0) }),
    Refusal(
      parameter: "cyclic.amplitude",
      schedules: positives { .cyclic(from: 0, to: 1, amplitude: .exponential(factor: $0)) }
        + [.cyclic(from: 0, to: 1, amplitude: .exponential(factor: 1.1))]),
    Refusal(parameter: "oneCycle.peak", schedules: rates { .oneCycle(peak: $0, over: 9) }),
    Refusal(parameter: "oneCycle.over", schedules: [2, 0, -1, .min].map { .oneCycle(peak: 1, over: $0) }),
    Refusal(
      parameter: "oneCycle.rise",
      schedules: positives { .oneCycle(peak: 1, over: 9, rise: $0) } + [
        .oneCycle(peak: 1, over: 9, rise: 1), .oneCycle(peak: 1, over: 9, rise: 0.89),
        .oneCycle(peak: 1, over: 9, rise: 0.45, phases: .three),
        .oneCycle(peak: 1, over: 10, rise: 0.1, ends: .pyTorch),
      ]),
    Refusal(parameter: "oneCycle.startDivisor", schedules: positives { .oneCycle(peak: 1, over: 9, startDivisor: $0) }),
    Refusal(parameter: "oneCycle.endDivisor", schedules: positives { .oneCycle(peak: 1, over: 9, endDivisor: $0) }),
    Refusal(parameter: "oneCycleMomentum.high", schedules: rates { .oneCycleMomentum(high: $0, over: 9) }),
    Refusal(
      parameter: "oneCycleMomentum.low",
      schedules: rates { .oneCycleMomentum(low: $0, over: 9) } + [.oneCycleMomentum(high: 0.9, low: 0.91, over: 9)]),
    Refusal(parameter: "oneCycleMomentum.over", schedules: counts { .oneCycleMomentum(over: $0) }),
    Refusal(parameter: "oneCycleMomentum.rise", schedules: positives { .oneCycleMomentum(over: 9, rise: $0) }),
    Refusal(parameter: "warmup.to", schedules: rates { .warmup(to: $0, over: 1) }),
    Refusal(parameter: "warmup.over", schedules: counts { .warmup(to: 1, over: $0) }),
    Refusal(
      parameter: "warmup.startFactor",
      schedules: rates { .warmup(to: 1, over: 1, startFactor: $0) } + [.warmup(to: 1, over: 1, startFactor: 1.1)]),
    Refusal(parameter: "exponentialWarmup.to", schedules: rates { .exponentialWarmup(to: $0, timeConstant: 1) }),
    Refusal(
      parameter: "exponentialWarmup.timeConstant",
      schedules: positives { .exponentialWarmup(to: 1, timeConstant: $0) }),
    Refusal(parameter: "untunedAdamWarmup.to", schedules: rates { .untunedAdamWarmup(to: $0) }),
    Refusal(
      parameter: "untunedAdamWarmup.beta2",
      schedules: rates { .untunedAdamWarmup(to: 1, beta2: $0) } + [.untunedAdamWarmup(to: 1, beta2: 1)]),
    Refusal(parameter: "inverseSquareRoot.peak", schedules: rates { .inverseSquareRoot(peak: $0) }),
    Refusal(parameter: "inverseSquareRoot.warmup", schedules: [.inverseSquareRoot(peak: 1, warmup: -1)]),
    Refusal(parameter: "noam.modelSize", schedules: counts { .noam(modelSize: $0) }),
    Refusal(parameter: "noam.warmup", schedules: counts { .noam(modelSize: 1, warmup: $0) }),
    Refusal(parameter: "noam.factor", schedules: rates { .noam(modelSize: 1, factor: $0) }),
    Refusal(
      parameter: "warmupStableDecay.peak",
      schedules: rates { .warmupStableDecay(peak: $0, warmup: 1, stable: 1, decay: 1) }),
    Refusal(
      parameter: "warmupStableDecay.warmup",
      schedules: [.warmupStableDecay(peak: 1, warmup: -1, stable: 1, decay: 1)]),
    Refusal(
      parameter: "warmupStableDecay.stable",
      schedules: [.warmupStableDecay(peak: 1, warmup: 1, stable: -1, decay: 1)]),
    Refusal(
      parameter: "warmupStableDecay.decay",
      schedules: counts { .warmupStableDecay(peak: 1, warmup: 1, stable: 1, decay: $0) }),
    Refusal(
      parameter: "warmupStableDecay.to",
      schedules: rates { .warmupStableDecay(peak: 1, warmup: 1, stable: 1, decay: 1, to: $0) }
        + [.warmupStableDecay(peak: 1, warmup: 1, stable: 1, decay: 1, to: 2)]),
    Refusal(
      parameter: "warmupStableDecay.startFactor",
      schedules: rates { .warmupStableDecay(peak: 1, warmup: 1, stable: 1, decay: 1, startFactor: $0) }),
    Refusal(parameter: "piecewise.from", schedules: rates { .piecewise(from: $0, []) }),
    Refusal(parameter: "piecewise.at", schedules: boundaries { .piecewise(from: 1, $0.map { (at: $0, to: 1) }) }),
    Refusal(
      parameter: "piecewise.values", schedules: rates { .piecewise(from: 1, [(at: 1, to: 1), (at: 2, to: $0)]) }),
    Refusal(
      parameter: "then.after",
      schedules: [
        Schedule.constant(1).then(2), .step(from: 1, every: 1).then(2), .custom("one") { _ in 1 }.then(2),
        .constant(1).then(2, after: -1),
      ]),
    Refusal(parameter: "scaled.by", schedules: rates { Schedule.constant(1).scaled(by: $0) }),
    Refusal(parameter: "clamped.min", schedules: rates { Schedule.constant(1).clamped(min: $0) }),
    Refusal(
      parameter: "clamped.max", schedules: [-1, 0.4, .nan].map { Schedule.constant(1).clamped(min: 0.5, max: $0) }),
    Refusal(parameter: "repeating.every", schedules: counts { Schedule.constant(1).repeating(every: $0) }),
    Refusal(parameter: "perEpoch.of", schedules: counts { Schedule.constant(1).perEpoch(of: $0) }),
  ]

  @Test(arguments: refusals)
  func aBadParameterIsNamed(_ refusal: Refusal) {
    for schedule in refusal.schedules {
      let error = #expect(throws: ScheduleError.self, "\(schedule)") { try schedule.validate() }
      guard case .invalidParameter(let kind, let parameter, let value, let requirement) = error else {
        Issue.record("\(schedule) gave \(String(describing: error))")
        continue
      }
      #expect(kind == refusal.kind && parameter == refusal.name, "\(schedule): \(String(describing: error))")
      #expect(schedule.description.contains("\(parameter): \(value)"), "\(value) is not the value in \(schedule)")
      #expect(!requirement.isEmpty)
    }
  }

  /// Parameters of which every value is good, or which are schedules and checked as such.
  static let free: Set<String> = [
    "polynomial.cycle", "timeBased.staircase", "exponential.staircase", "piecewise.shape", "warmupStableDecay.shape",
    "oneCycle.shape", "oneCycle.phases", "oneCycle.ends",
    "oneCycleMomentum.shape", "oneCycleMomentum.phases", "oneCycleMomentum.ends",
    "then.first", "then.second", "product.first", "product.second", "minimum.first", "minimum.second",
    "maximum.first", "maximum.second", "scaled.base", "shifted.base", "shifted.by", "clamped.base", "repeating.base",
    "perEpoch.base",
  ]

  @Test func everyParameterOfEveryKindIsTried() throws {
    var all: Set<String> = []
    for sample in Samples.all {
      let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as! [String: [String: Any]]
      for (kind, parameters) in object { all.formUnion(parameters.keys.map { "\(kind).\($0)" }) }
    }
    #expect(all.subtracting(Self.free) == Set(Self.refusals.map(\.parameter)))
  }

  @Test(arguments: Samples.all)
  func aGoodScheduleIsAccepted(_ schedule: Schedule) throws {
    try schedule.validate()
  }

  @Test func theBoundsThemselvesAreGood() throws {
    let schedules: [Schedule] = [
      0, .constant(.greatestFiniteMagnitude), .decrement(from: 1, by: 0, floor: 1), .linear(from: 0, to: 0, over: 1),
      .milestones(from: 1, at: []), .milestones(from: 1, at: [0]), .piecewise(from: 1, [(at: 0, to: 0)]),
      .warmRestarts(from: 1, to: 1, every: 1), .cyclic(from: 1, to: 1, rising: 1, falling: 0),
      .oneCycle(peak: 0, over: 3), .oneCycle(peak: 1, over: 9, rise: 0.4, phases: .three, ends: .pyTorch),
      .warmup(to: 1, over: 1, startFactor: 0), .warmup(to: 1, over: 1, startFactor: 1),
      .untunedAdamWarmup(to: 1, beta2: 0), .inverseSquareRoot(peak: 1, warmup: 0),
      .warmupStableDecay(peak: 1, warmup: 0, stable: 0, decay: 1, to: 1),
      .constant(1).then(2, after: 0), .constant(1).scaled(by: 0), .constant(1).clamped(min: 2, max: 2),
      .constant(1).clamped(max: .infinity), .constant(1).repeating(every: 1), .constant(1).perEpoch(of: 1),
    ]
    for schedule in schedules { try schedule.validate() }
  }

  @Test func anErrorInsideSaysWhere() {
    let schedule = Schedule.warmup(to: 0.1, over: 5).then(.product(0.1, .cosine(from: 0.1, over: 0).scaled(by: 2)))
    let expected = ScheduleError.invalidParameter(
      schedule: "then.second.product.second.scaled.base.cosine", parameter: "over", value: "0",
      requirement: "at least 1")
    #expect(throws: expected) { try schedule.validate() }
    #expect(
      expected.description
        == "schedule then.second.product.second.scaled.base.cosine: over is 0, but must be at least 1")
  }
}
