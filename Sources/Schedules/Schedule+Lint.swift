extension Schedule {
  /// Looks for what is legal but seldom meant in a run of `totalSteps` updates.
  ///
  /// - Cost: about a thousand evaluations; nothing is run.
  public func lint(totalSteps: Int) -> [ScheduleWarning] {
    guard totalSteps > 0 else { return [] }
    var warnings: [ScheduleWarning] = []
    if value(after: 0) == 0 {
      warnings.append(.startsAtZero)
    }
    if let duration, duration > totalSteps {
      warnings.append(.endNotReached(duration: duration, totalSteps: totalSteps))
    }
    for landmark in kind.landmarks {
      if landmark.step >= totalSteps {
        warnings.append(.boundaryPastEnd(step: landmark.step, totalSteps: totalSteps))
      } else if landmark.step > 0, let join = landmark.join,
        abs(join.before - join.after) > max(abs(join.before), abs(join.after)) / 100
      {
        warnings.append(.jump(step: landmark.step, before: join.before, after: join.after))
      }
    }
    if let decayedAfter = stepsToEarlyDecay(in: totalSteps) {
      warnings.append(.epochsMistakenForSteps(decayedAfter: decayedAfter, totalSteps: totalSteps))
    }
    return warnings
  }

  /// When the value has decayed for good, if that is within the first twentieth of the run.
  ///
  /// Two signs: a schedule that ends there, with less than half of its largest value (a warm-up ends with its
  /// largest); or a value below a millionth of it. Decay with 1/t stays above that in a run of a million steps, a
  /// factor for an epoch that is applied with every step does not.
  private func stepsToEarlyDecay(in totalSteps: Int) -> Int? {
    let early = totalSteps / 20
    guard early > 0 else { return nil }
    let largest = preview(stride(from: 0, to: early, by: max(early / 1_000, 1))).max() ?? 0
    if let duration, duration > 0, duration <= early, value(after: duration) < largest / 2 { return duration }
    let last = value(after: totalSteps - 1)
    guard value(after: early) < largest / 1e6, last < largest / 1e6 else { return nil }
    // Bisection for the first step below the millionth; values in between may rise again, which does not matter here.
    var (above, below) = (0, early)
    while below - above > 1 {
      let middle = above + (below - above) / 2
      if value(after: middle) < largest / 1e6 { below = middle } else { above = middle }
    }
    return below
  }
}
