/// A hyper-parameter that is out of range.
public struct SettingError: Error, Equatable, CustomStringConvertible {
  /// Which setting, e.g. `SGD.momentum`.
  public let name: String
  /// Its value.
  public let value: Double
  /// The range it must be in, e.g. `0 <= momentum < 1`.
  public let requirement: String

  /// - Parameters:
  ///   - name: Which setting, e.g. `SGD.momentum`.
  ///   - value: Its value.
  ///   - requirement: The range it must be in.
  public init(name: String, value: Double, requirement: String) {
    (self.name, self.value, self.requirement) = (name, value, requirement)
  }

  /// What is wrong and what to do.
  public var description: String { "\(name) is \(value); it must satisfy \(requirement)" }

  /// Throws where a value is not admissible.
  package static func check(
    _ isAdmissible: Bool, _ name: String, _ value: Double, _ requirement: String
  ) throws(SettingError) {
    guard isAdmissible else { throw SettingError(name: name, value: value, requirement: requirement) }
  }
}
