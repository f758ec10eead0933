public import Tensors

/// f(W) = 1/2 |A W - B|_F^2 / m for an m by n matrix A, with the gradient A^T (A W - B) / m.
///
/// One tensor `parameters` of shape [n, k]: what tells methods apart that treat a matrix as one.
public struct MatrixQuadratic: ProblemWithKnownMinimum {
  /// A, of shape [m, n].
  public let matrix: Tensor<Double>

  /// B, of shape [m, k].
  public let target: Tensor<Double>

  /// One matrix of n by k parameters.
  public let layout: Layout

  /// The value where A W is as near to B as it can be.
  public let minimum: Double

  /// The solution of the least squares problem, by QR.
  public let minimizer: [Double]

  /// - Throws: `LAPACKError` if the shapes do not belong together, an entry is not finite, or A has not full rank.
  public init(matrix: Tensor<Double>, target: Tensor<Double>) throws(LAPACKError) {
    let solution = try LAPACK.leastSquares(matrix, target)
    self.matrix = matrix
    self.target = target
    minimizer = solution.elements
    guard let layout = try? Layout([("parameters", solution.shape)]) else {
      preconditionFailure("the shape \(solution.shape) of a tensor is that of another")
    }
    self.layout = layout
    var gradient = [Double](repeating: 0, count: layout.count)
    minimum = minimizer.withUnsafeBufferPointer { x in
      gradient.withUnsafeMutableBufferPointer { MatrixQuadratic.value(matrix, target, at: x, gradient: $0) }
    }
  }

  /// The value; the gradient is written over `gradient`.
  public func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double {
    try checkPacked(parameters, gradient)
    return MatrixQuadratic.value(matrix, target, at: parameters, gradient: gradient)
  }

  private static func value(
    _ matrix: Tensor<Double>, _ target: Tensor<Double>, at parameters: UnsafeBufferPointer<Double>,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (m, n) = (matrix.shape[0], matrix.shape[1])
    let k = target.count / m
    gradient.update(repeating: 0)
    var value = 0.0
    for row in 0..<m {
      for column in 0..<k {
        var residual = -target[row * k + column]
        for i in 0..<n { residual += matrix[row * n + i] * parameters[i * k + column] }
        value += residual * residual
        for i in 0..<n { gradient[i * k + column] += matrix[row * n + i] * residual / Double(m) }
      }
    }
    return value / 2 / Double(m)
  }
}
