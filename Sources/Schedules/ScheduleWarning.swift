/// Something in a schedule that is legal and probably not meant.
public enum ScheduleWarning: Sendable, Equatable {
  /// The first update does nothing, because its value is 0.
  case startsAtZero

  /// The run is over before the schedule is.
  case endNotReached(duration: Int, totalSteps: Int)

  /// At a join the value changes from what the first schedule would have gone on with by more than a hundredth of the
  /// larger of the two.
  case jump(step: Int, before: Double, after: Double)

  /// A join, milestone or given value has its turn after the run.
  case boundaryPastEnd(step: Int, totalSteps: Int)

  /// The value has decayed for good within the first twentieth of the run, as happens when a schedule is written in
  /// epochs and used in steps.
  case epochsMistakenForSteps(decayedAfter: Int, totalSteps: Int)
}

extension ScheduleWarning: CustomStringConvertible {
  /// What was found, with its numbers, and what may be meant.
  public var description: String {
    switch self {
    case .startsAtZero:
      "the first step has the value 0 and changes nothing; start a warm-up at its first fraction instead of 0"
    case .endNotReached(let duration, let totalSteps):
      "the schedule takes \(duration) steps, but the run has \(totalSteps): its end is not reached"
    case .jump(let step, let before, let after):
      "at step \(step) the value jumps from \(before) to \(after)"
    case .boundaryPastEnd(let step, let totalSteps):
      "the change at step \(step) never comes: the run has \(totalSteps) steps"
    case .epochsMistakenForSteps(let steps, let totalSteps):
      "the value has decayed for good after \(steps) of \(totalSteps) steps; "
        + "if it was written in epochs, add perEpoch(of: steps per epoch)"
    }
  }
}
