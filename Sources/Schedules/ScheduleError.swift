/// What is wrong with a schedule.
public enum ScheduleError: Error, Sendable, Equatable {
  /// A parameter has a value that it must not have. `schedule` names the kind and, inside others, its place in them
  /// (`then.second.cosine`); `requirement` completes the sentence "must be".
  case invalidParameter(schedule: String, parameter: String, value: String, requirement: String)

  /// A schedule that contains the closure of this name was to be saved. A closure has no form in which another
  /// process could read it: build the schedule from the kinds that are values, or rebuild it in code.
  case closureCannotBeSaved(name: String)
}

extension ScheduleError: CustomStringConvertible {
  /// What is wrong, with the value, and what to do.
  public var description: String {
    switch self {
    case .invalidParameter(let schedule, let parameter, let value, let requirement):
      "schedule \(schedule): \(parameter) is \(value), but must be \(requirement)"
    case .closureCannotBeSaved(let name):
      "the custom schedule \"\(name)\" is a closure and cannot be saved; "
        + "build it from other schedules, or make it again in code and load the rest"
    }
  }
}
