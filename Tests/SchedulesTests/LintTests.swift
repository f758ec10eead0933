import Schedules
import Testing

/// Each warning where it belongs, and none where it does not.
@Suite struct LintTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let schedule: Schedule
    let totalSteps: Int
    let warnings: [ScheduleWarning]
    var testDescription: String { "\(schedule) for \(totalSteps)" }

    init(_ schedule: Schedule, _ totalSteps: Int, _ warnings: ScheduleWarning...) {
      (self.schedule, self.totalSteps, self.warnings) = (schedule, totalSteps, warnings)
    }
  }

  static let warmup = Schedule.warmup(to: 0.1, over: 500)

  @Test(arguments: [
    // Nothing to say.
    Case(0.1, 1), Case(0.1, 1_000_000), Case(warmup.then(.cosine(from: 0.1, over: 9_500)), 10_000),
    Case(warmup, 1_000_000), Case(.cosine(from: 0.1, over: 90).perEpoch(of: 500), 45_000),
    Case(.milestones(from: 0.1, at: [30, 60]), 90), Case(.timeBased(from: 0.1, decay: 1), 1_000_000),
    Case(.inverseSquareRoot(peak: 0.1), 1_000_000), Case(.warmRestarts(from: 0.1, every: 10), 100_000),
    Case(.oneCycle(peak: 0.1, over: 1_000), 1_000), Case(.cosine(from: 0.1, over: 90), 0),
    Case(warmup.then(.exponential(from: 0.0995, factor: 0.9999)), 10_000),
    Case(.constant(0.1).then(0.1, after: 0), 100),

    Case(.linear(from: 0, to: 0.1, over: 50), 100, .startsAtZero),
    Case(.warmup(to: 0.1, over: 50, startFactor: 0), 100, .startsAtZero),

    Case(.cosine(from: 0.1, over: 101), 100, .endNotReached(duration: 101, totalSteps: 100)),
    Case(.cosine(from: 0.1, over: 90).perEpoch(of: 500), 44_999, .endNotReached(duration: 45_000, totalSteps: 44_999)),

    Case(warmup.then(.cosine(from: 0.01, over: 9_500)), 10_000, .jump(step: 500, before: 0.1, after: 0.01)),
    Case(.constant(0.1).then(0.2, after: 3).perEpoch(of: 7), 100, .jump(step: 21, before: 0.1, after: 0.2)),
    Case(.constant(0.25).then(0.5, after: 3).scaled(by: 2), 100, .jump(step: 3, before: 0.5, after: 1)),
    Case(.product(4, .constant(0.25).then(0.5, after: 3)), 100, .jump(step: 3, before: 1, after: 2)),
    Case(.minimum(.constant(0.25).then(0.5, after: 3), 0.25), 100),
    Case(.constant(0.25).then(0.5, after: 3).shifted(by: 4), 100, .jump(step: 7, before: 0.25, after: 0.5)),
    Case(.constant(0.25).then(0.5, after: 3).shifted(by: -4), 100),
    Case(.constant(0.25).then(0.5, after: 3).clamped(max: 0.25), 100),
    Case(.constant(0.25).then(0.5, after: 3).repeating(every: 9), 100, .jump(step: 3, before: 0.25, after: 0.5)),
    // A jump that a join or a repetition cuts off does not happen.
    Case(.constant(0.25).then(0.5, after: 3).then(0.25, after: 3), 100),
    Case(.constant(0.25).then(0.5, after: 3).then(1, after: 3), 100, .jump(step: 3, before: 0.25, after: 1)),
    Case(.constant(0.25).then(0.5, after: 9).repeating(every: 9), 100),
    Case(
      .constant(0.25).then(.constant(0.5).then(1, after: 5), after: 3), 100,
      .jump(step: 3, before: 0.25, after: 0.5), .jump(step: 8, before: 0.5, after: 1)),

    Case(
      .milestones(from: 0.1, at: [30, 60]), 50, .endNotReached(duration: 60, totalSteps: 50),
      .boundaryPastEnd(step: 60, totalSteps: 50)),
    Case(
      .constant(0.1).then(.step(from: 0.1, every: 9), after: 100), 100, .boundaryPastEnd(step: 100, totalSteps: 100)),
    Case(
      .piecewise(from: 0.1, [(at: 40, to: 0.01)]), 40, .boundaryPastEnd(step: 40, totalSteps: 40)),

    Case(
      .cosine(from: 0.1, over: 90), 45_000, .epochsMistakenForSteps(decayedAfter: 90, totalSteps: 45_000)),
    Case(
      .warmup(to: 0.1, over: 5).then(.cosine(from: 0.1, over: 85)), 45_000,
      .epochsMistakenForSteps(decayedAfter: 90, totalSteps: 45_000)),
    Case(
      .milestones(from: 0.1, at: [30, 60]), 45_000, .epochsMistakenForSteps(decayedAfter: 60, totalSteps: 45_000)),
    // After 7 drops by ten the rate is below a millionth: at 7 * 30 = 210.
    Case(.step(from: 0.1, every: 30), 45_000, .epochsMistakenForSteps(decayedAfter: 210, totalSteps: 45_000)),
    // 0.5^20 is the first power below a millionth.
    Case(.exponential(from: 0.1, factor: 0.5), 45_000, .epochsMistakenForSteps(decayedAfter: 20, totalSteps: 45_000)),
  ])
  func warnsOfWhatIsSeldomMeant(_ testCase: Case) {
    #expect(testCase.schedule.lint(totalSteps: testCase.totalSteps) == testCase.warnings)
  }

  @Test func warningsSayTheirNumbers() {
    let warnings: [(ScheduleWarning, [String])] = [
      (.startsAtZero, ["0"]), (.endNotReached(duration: 7, totalSteps: 5), ["7", "5"]),
      (.jump(step: 7, before: 0.25, after: 0.5), ["7", "0.25", "0.5"]),
      (.boundaryPastEnd(step: 7, totalSteps: 5), ["7", "5"]),
      (.epochsMistakenForSteps(decayedAfter: 7, totalSteps: 500), ["7", "500", "perEpoch"]),
    ]
    for (warning, parts) in warnings {
      #expect(parts.allSatisfy { "\(warning)".contains($0) }, "\(warning)")
    }
  }
}
