public import Schedules

/// A setting of a rule that may change over the run: a schedule, and the range that its values must keep.
///
/// ```swift
/// var hyperparameters: [Hyperparameter] {
///   [Hyperparameter("momentum", momentum, in: .fraction), Hyperparameter("epsilon", epsilon, in: .positive)]
/// }
/// ```
public struct Hyperparameter: Sendable {
  /// What values are admissible.
  public enum Range: Sendable, Hashable {
    /// 0 <= value < 1: a momentum or another share that is kept.
    case fraction
    /// 0 <= value <= 1.
    case share
    /// 0 < value < infinity.
    case positive
    /// 0 <= value < infinity.
    case notNegative
    /// Any finite number.
    case finite

    /// Whether a value is in the range.
    public func contains(_ value: Double) -> Bool {
      switch self {
      case .fraction: value >= 0 && value < 1
      case .share: value >= 0 && value <= 1
      case .positive: value > 0 && value < .infinity
      case .notNegative: value >= 0 && value < .infinity
      case .finite: value.isFinite
      }
    }

    /// The range as a condition on a name, such as `0 <= momentum < 1`.
    func requirement(on name: String) -> String {
      switch self {
      case .fraction: "0 <= \(name) < 1"
      case .share: "0 <= \(name) <= 1"
      case .positive: "0 < \(name) < infinity"
      case .notNegative: "0 <= \(name) < infinity"
      case .finite: "\(name) finite"
      }
    }
  }

  /// The name, as the rule spells it.
  public let name: String
  /// The value as a function of the number of applied updates.
  public let schedule: Schedule
  /// What values are admissible.
  public let range: Range

  /// A hyper-parameter.
  public init(_ name: String, _ schedule: Schedule, in range: Range) {
    (self.name, self.schedule, self.range) = (name, schedule, range)
  }

  /// Throws where the value for the update after so many others is out of range. `owner` goes before the name.
  func check(after completedSteps: Int, of owner: String) throws(SettingError) {
    let value = schedule.value(after: completedSteps)
    guard !range.contains(value) else { return }
    throw SettingError(
      name: "\(owner).\(name)", value: value,
      requirement: range.requirement(on: name) + (completedSteps == 0 ? "" : ", also at step \(completedSteps + 1)"))
  }
}
