internal import Descent
internal import Problems

/// How many steps, of what size.
struct FitPlan: Sendable {
  let epochs: Int
  let batchSize: Int
  let stepsPerEpoch: Int
  let optimizer: Optimizer<Double>
  /// The name of its rule.
  let optimizerName: String
  /// Whether the rate was taken from the data.
  let isRateFromData: Bool
  /// Whether entries of the gradient are clamped, which the report of a step does not tell.
  let clipsByValue: Bool
  /// What is legal in a schedule but seldom meant.
  let warnings: [ScheduleWarning]
}
