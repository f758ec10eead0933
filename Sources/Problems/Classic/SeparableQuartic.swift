public import Tensors

/// f(x) = sum of d_i/2 (x_i - c_i)^2 + e_i/4 (x_i - c_i)^4, a convex function whose curvature grows away from c.
///
/// The second derivative is diagonal: d_i + 3 e_i (x_i - c_i)^2. One tensor `parameters` of shape [n].
public struct SeparableQuartic: ProblemWithKnownMinimum {
  /// d, the curvatures at c.
  public let quadratic: [Double]

  /// e, the factors of the fourth powers.
  public let quartic: [Double]

  /// c, where the minimum is.
  public let center: [Double]

  /// One vector of n parameters.
  public let layout: Layout

  /// - Throws: ``ProblemError`` if the lengths of d, e and c differ or an element of d or e is below 0.
  public init(quadratic: [Double], quartic: [Double], center: [Double]) throws(ProblemError) {
    for (name, factors) in [("quadratic", quadratic), ("quartic", quartic)] {
      if factors.count != center.count {
        throw .lengths("the \(name) factors", expected: center.count, found: factors.count)
      }
      if let factor = factors.first(where: { !($0 >= 0) }) {
        throw .invalid("a \(name) factor", value: factor, expected: "with factors below 0 there is no minimum")
      }
    }
    self.quadratic = quadratic
    self.quartic = quartic
    self.center = center
    layout = try vectorLayout(center.count)
  }

  /// 0.
  public var minimum: Double { 0 }

  /// c.
  public var minimizer: [Double] { center }

  /// The value; the gradient is written over `gradient`.
  public func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double {
    try checkPacked(parameters, gradient)
    var value = 0.0
    for i in center.indices {
      let x = parameters[i] - center[i]
      value += quadratic[i] / 2 * x * x + quartic[i] / 4 * x * x * x * x
      gradient[i] = quadratic[i] * x + quartic[i] * x * x * x
    }
    return value
  }
}
