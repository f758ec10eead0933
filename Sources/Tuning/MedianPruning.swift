/// Ends a run early whose best loss so far is worse than the median of what other trials had at the same resource.
///
/// The objective tells of its progress with ``TrialContext/report(_:at:)``. Trials are run in groups of a fixed size, and
/// a run is compared with the reports of all groups before its own, never with one that runs beside it: so what is pruned
/// depends neither on the number of threads nor on which is faster. A pruned trial is not promoted and cannot win.
///
/// - Source: the median stopping rule of Golovin et al., "Google Vizier", 2017, with the best value against the plain
///   median as Optuna's MedianPruner has it.
/// - Peers: Optuna counts completed trials only, so its median gets stricter as trials are pruned; here every trial that
///   reported at a resource counts there. A loss that was not finite counts as infinite.
public struct MedianPruning: Sendable, Codable, Hashable {
  /// How many trials must have reported at a resource before any is pruned there.
  public var afterTrials: Int
  /// How many trials are run side by side, before their reports count for others.
  public var groupSize: Int

  /// The median rule.
  public init(afterTrials: Int = 5, groupSize: Int = 5) {
    (self.afterTrials, self.groupSize) = (afterTrials, groupSize)
  }

  func validate() throws(TuningError) {
    try TuningError.check(
      afterTrials >= 1, "MedianPruning.afterTrials", Double(afterTrials), "afterTrials >= 1")
    try TuningError.check(groupSize >= 1, "MedianPruning.groupSize", Double(groupSize), "groupSize >= 1")
  }
}

/// What trials reported, by fold, resource and trial: a trial that climbs rungs reports the same resource on each.
struct ReportTable {
  private var losses: [Int: [Int: [Int: Double]]] = [:]

  mutating func add(_ evaluation: Evaluation) {
    for report in evaluation.reports {
      losses[evaluation.fold, default: [:]][report.resource, default: [:]][evaluation.trial] = report.loss
    }
  }

  /// The medians by fold and resource, where so many trials reported.
  func medians(ofAtLeast count: Int) -> [Int: [Int: Double]] {
    losses.mapValues { byResource in
      byResource.filter { $0.value.count >= count }.mapValues { median(of: $0.values.sorted()) }
    }
  }
}

/// The middle of sorted numbers, or the mean of the two in the middle.
func median(of sorted: [Double]) -> Double {
  let upper = sorted[sorted.count / 2]
  return sorted.count.isMultiple(of: 2) ? sorted[sorted.count / 2 - 1] / 2 + upper / 2 : upper
}
