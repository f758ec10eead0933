public import Tensors

/// The chained Rosenbrock function: f(x) = sum over i of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2.
///
/// A bent, narrow valley; for n = 2 the function of Rosenbrock, "An automatic method for finding the greatest or least
/// value of a function" (1960). The minimum is 0 at (1, ..., 1). From n = 4 on there is a second, local one near
/// (-1, 1, ..., 1). One tensor `parameters` of shape [n].
public struct Rosenbrock: ProblemWithKnownMinimum {
  /// One vector of n parameters.
  public let layout: Layout

  /// - Throws: ``ProblemError`` for fewer than 2 parameters.
  public init(count: Int = 2) throws(ProblemError) {
    if count < 2 {
      throw .invalid("the number of parameters of Rosenbrock's function", value: Double(count), expected: "2 or more")
    }
    layout = try vectorLayout(count)
  }

  /// 0.
  public var minimum: Double { 0 }

  /// (1, ..., 1).
  public var minimizer: [Double] { [Double](repeating: 1, count: layout.count) }

  /// The point from which the function is usually descended: (-1.2, 1), repeated.
  public var start: [Double] { (0..<layout.count).map { $0 % 2 == 0 ? -1.2 : 1 } }

  /// The value; the gradient is written over `gradient`.
  public func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double {
    try checkPacked(parameters, gradient)
    gradient.update(repeating: 0)
    var value = 0.0
    for i in 0..<parameters.count - 1 {
      let x = parameters[i]
      let rise = parameters[i + 1] - x * x
      value += 100 * rise * rise + (1 - x) * (1 - x)
      gradient[i] += -400 * x * rise - 2 * (1 - x)
      gradient[i + 1] += 200 * rise
    }
    return value
  }
}
