// The learning rate from the distance to the start.

/// Distance over gradients (Ivgi et al. 2023) and over weighted gradients (Khaled et al. 2023):
///
///     r = max(r, |x - x_0|)
///     DoG    G = G + |g|^2          rate = r / sqrt(G + eps)
///     DoWG   G = G + r^2 |g|^2      rate = r^2 / (sqrt(G) + eps)
public struct NaiveDistanceRate: Sendable {
  /// Where r begins.
  public enum Beginning: Sendable {
    /// At share * (1 + |x_0|).
    case relative(Double)
    /// At this.
    case distance(Double)
    /// At 0, and the first rate is this.
    case rate(Double)
  }

  let isWeighted: Bool
  let beginning: Beginning
  let epsilon: Double
  private var origin: [Double]?
  private var r = 0.0
  private var sum = 0.0

  /// A controller that has seen nothing.
  public init(isWeighted: Bool, beginning: Beginning, epsilon: Double) {
    (self.isWeighted, self.beginning, self.epsilon) = (isWeighted, beginning, epsilon)
  }

  /// The rate at the parameters with their gradient.
  public mutating func rate(_ x: [Double], gradient: [Double]) -> Double {
    let isFirst = origin == nil
    if isFirst {
      origin = x
      switch beginning {
      case .relative(let share): r = share * (1 + Self.square(x).squareRoot())
      case .distance(let distance): r = distance
      case .rate: r = 0
      }
    }
    let distance = Self.square(zip(x, origin!).map { $0 - $1 }).squareRoot()
    if distance > r { r = distance }
    let square = Self.square(gradient)
    sum = sum + (isWeighted ? r * r * square : square)
    if isFirst, case .rate(let first) = beginning { return first }
    return isWeighted ? r * r / (sum.squareRoot() + epsilon) : r / (sum + epsilon).squareRoot()
  }

  private static func square(_ x: [Double]) -> Double {
    var sum = 0.0
    for value in x { sum = sum + value * value }
    return sum
  }
}
