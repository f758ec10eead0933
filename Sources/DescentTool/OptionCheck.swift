internal import ArgumentParser

/// Numbers that are checked where they are typed, so that what is said of them has the option's name.
enum OptionCheck {
  static func atLeast(_ least: Int, _ option: String, _ value: Int?, most: Int = .max) throws(ValidationError) {
    guard let value else { return }
    if value < least { throw ValidationError("\(option) is \(value); it must be at least \(least)") }
    if value > most { throw ValidationError("\(option) is \(value); it must be at most \(most)") }
  }

  static func positive(_ option: String, _ value: Double?, canBeInfinite: Bool = false) throws(ValidationError) {
    guard let value else { return }
    guard value > 0, canBeInfinite || value.isFinite else {
      throw ValidationError("\(option) is \(value); it must be greater than 0" + (canBeInfinite ? "" : " and finite"))
    }
  }

  static func notNegative(_ option: String, _ value: Double?) throws(ValidationError) {
    guard let value else { return }
    guard value >= 0, value.isFinite else {
      throw ValidationError("\(option) is \(value); it must be 0 or greater, and finite")
    }
  }

  /// Between 0 and 1, without 1, and without 0 if so wanted.
  static func share(_ option: String, _ value: Double?, canBeZero: Bool) throws(ValidationError) {
    guard let value else { return }
    guard value < 1, canBeZero ? value >= 0 : value > 0 else {
      throw ValidationError(
        "\(option) is \(value); it must be \(canBeZero ? "0 or greater" : "greater than 0") and less than 1")
    }
  }
}
