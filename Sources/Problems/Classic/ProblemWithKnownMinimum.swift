/// A problem that knows its answer, to measure an optimizer against.
public protocol ProblemWithKnownMinimum: Problem {
  /// The least value.
  var minimum: Double { get }

  /// Packed parameters at which it is reached.
  var minimizer: [Double] { get }
}
