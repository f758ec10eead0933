public import Tensors

/// f(x) = 1/2 (x - c)^T A (x - c) for a symmetric positive definite A, with the gradient A (x - c).
///
/// One tensor `parameters` of shape [n].
public struct Quadratic: ProblemWithKnownMinimum {
  /// A, row after row.
  public let matrix: [Double]

  /// c, where the minimum is.
  public let center: [Double]

  /// One vector of n parameters.
  public let layout: Layout

  /// - Throws: ``ProblemError`` if A is not n by n for the n elements of c, or not symmetric. That it is positive
  ///   definite is not checked; without it, 0 is not the minimum.
  public init(matrix: [Double], center: [Double]) throws(ProblemError) {
    let n = center.count
    if matrix.count != n * n {
      throw .lengths("the elements of the matrix of a quadratic", expected: n * n, found: matrix.count)
    }
    for i in 0..<n {
      for j in 0..<i where matrix[i * n + j] != matrix[j * n + i] {
        throw .invalid(
          "the element in row \(i), column \(j) of the matrix", value: matrix[i * n + j],
          expected: "a symmetric matrix has \(matrix[j * n + i]) there, as in row \(j), column \(i)")
      }
    }
    self.matrix = matrix
    self.center = center
    layout = try vectorLayout(n)
  }

  /// The quadratic sum of d_i / 2 (x_i - c_i)^2.
  public init(curvatures: [Double], center: [Double]) throws(ProblemError) {
    let n = center.count
    if curvatures.count != n {
      throw .lengths("the curvatures of a quadratic", expected: n, found: curvatures.count)
    }
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n { matrix[i * n + i] = curvatures[i] }
    try self.init(matrix: matrix, center: center)
  }

  /// 0.
  public var minimum: Double { 0 }

  /// c.
  public var minimizer: [Double] { center }

  /// 1/2 (x - c)^T A (x - c); the gradient A (x - c) is written over `gradient`.
  public func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double {
    try checkPacked(parameters, gradient)
    let n = center.count
    var value = 0.0
    for i in 0..<n {
      var sum = 0.0
      for j in 0..<n { sum += matrix[i * n + j] * (parameters[j] - center[j]) }
      gradient[i] = sum
      value += (parameters[i] - center[i]) * sum
    }
    return value / 2
  }
}

/// A layout of one vector, which the classic problems have.
func vectorLayout(_ count: Int) throws(ProblemError) -> Layout {
  do throws(LayoutError) {
    return try Layout.vector(count)
  } catch {
    throw .invalid("the number of parameters", value: Double(count), expected: "they must fit in memory")
  }
}
