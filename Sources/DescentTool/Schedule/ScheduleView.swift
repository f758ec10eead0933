internal import Descent
internal import Foundation

/// A schedule over the steps of a run.
struct ScheduleView {
  let schedule: Schedule
  let steps: Int
  let warnings: [ScheduleWarning]

  /// As many steps as the schedule takes, or 1000, if none are given.
  init(_ schedule: Schedule, steps: Int?) {
    self.schedule = schedule
    let duration = schedule.duration ?? 0
    self.steps = steps ?? (duration > 0 ? duration : 1_000)
    warnings = schedule.lint(totalSteps: self.steps)
  }

  var last: Int { steps - 1 }

  /// The turning points within the run.
  var turningPoints: [Int] { schedule.turningPoints.filter { $0 > 0 && $0 < steps } }

  /// Calls the body with every k-th step, from 0, and its value.
  func forEachStep(every stride: Int, _ body: (Int, Double) -> Void) {
    for step in Swift.stride(from: 0, to: steps, by: stride) { body(step, schedule(step)) }
  }

  /// Where stretch `index` begins if a range is cut into `count` stretches of equal length, the last end included. In
  /// whole numbers, which unlike Double have all steps.
  static func start(_ index: Int, of count: Int, in range: Range<Int>) -> Int {
    range.lowerBound + range.count / count * index + range.count % count * index / count
  }

  /// Steps of a range: all, or as many as wanted at equal distances, the first among them.
  func samples(_ count: Int, in range: Range<Int>) -> [Int] {
    range.count <= count ? Array(range) : (0..<count).map { Self.start($0, of: count, in: range) }
  }

  /// The steps with the highest and the lowest value, the first of each: exact for as many as ten thousand steps, else
  /// among so many and the turning points.
  var extremes: (highest: Int, lowest: Int) {
    let steps = (samples(10_000, in: 0..<steps) + turningPoints + [last]).sorted()
    return (steps.max { schedule($0) < schedule($1) }!, steps.min { schedule($0) < schedule($1) }!)
  }

  private struct Report: Encodable {
    let notation: String
    let steps: Int
    let duration: Int?
    let warnings: [String]
    var completedSteps: [Int] = []
    var values: [Double] = []

    enum CodingKeys: CodingKey { case notation, steps, duration, warnings, completedSteps, values }

    // By hand, so that a missing duration is null and not missing.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(notation, forKey: .notation)
      try container.encode(steps, forKey: .steps)
      try container.encode(duration, forKey: .duration)
      try container.encode(warnings, forKey: .warnings)
      try container.encode(completedSteps, forKey: .completedSteps)
      try container.encode(values, forKey: .values)
    }
  }

  func json(every stride: Int) throws -> String {
    var report = Report(
      notation: schedule.notation, steps: steps, duration: schedule.duration, warnings: warnings.map(\.description))
    forEachStep(every: stride) { step, value in
      report.completedSteps.append(step)
      report.values.append(value)
    }
    return try JSONText.of(report, onOneLine: true)
  }
}
