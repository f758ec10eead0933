// A setting that may change over the run.

/// A number, or a function of the number of updates that have been applied.
public struct NaiveSetting: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  private let value: @Sendable (Int) -> Double

  /// A function of the number of updates that have been applied.
  public init(_ value: @escaping @Sendable (Int) -> Double) { self.value = value }

  /// The same number at every step.
  public init(_ number: Double) { value = { _ in number } }

  /// The same number at every step.
  public init(floatLiteral number: Double) { self.init(number) }

  /// The same number at every step.
  public init(integerLiteral number: Int) { self.init(Double(number)) }

  /// The number after so many updates.
  public func callAsFunction(_ completedSteps: Int) -> Double { value(completedSteps) }
}
