internal import Tensors

extension Regression {
  /// An upper estimate L of the largest eigenvalue of the objective's second derivative, anywhere.
  ///
  /// Gradient descent with the full batch decreases the objective for every rate below 2/L, and 1/L is the usual choice.
  /// The second derivative is at most ``largestCurvature`` times the largest eigenvalue m of (X 1)^T (X 1) / n, plus the
  /// penalty (exactly that for least squares).
  ///
  /// m comes from the power method (Golub, Van Loan, Matrix Computations, 8.2), which approaches it from below: the norm
  /// of the residual, in which an eigenvalue lies, is added, and the result is held below the trace, which no eigenvalue
  /// exceeds. So L is above the truth by at most a few per cent where the method has converged, and by a factor of the
  /// number of columns where it has not.
  /// - Cost: two products with the table for each of at most 200 rounds, most often 10 to 50.
  /// - Edge cases: infinite where a square of the features overflows.
  public func smoothness() throws(ProblemError) -> Double {
    largestCurvature * (try model.largestEigenvalue()) + model.penalty
  }
}

extension LinearModel {
  /// An upper estimate of the largest eigenvalue of (X 1)^T (X 1) / n.
  func largestEigenvalue() throws(ProblemError) -> Double {
    // One score, no penalty and targets that are not looked at: the gradient of half the mean square is the product.
    let product = try LinearModel(data, hasIntercept: hasIntercept)
    let size = product.layout.count
    // Directions with random entries are not orthogonal to the one that is sought; the seed is arbitrary and fixed.
    var generator = SplitMix64(seed: 1)
    var direction = (0..<size).map { _ in generator.nextSymmetric() }
    var image = [Double](repeating: 0, count: size)
    var workspace = RegressionWorkspace()
    var estimate = Double.infinity

    for round in 1...200 {
      let length = direction.withUnsafeBufferPointer(sumOfSquares).squareRoot()
      guard length > 0 else { return 0 }
      for i in 0..<size { direction[i] /= length }
      try product.multiply(direction, into: &image, workspace: &workspace)
      var quotient = 0.0
      for i in 0..<size { quotient += direction[i] * image[i] }
      var residual = 0.0
      for i in 0..<size {
        let rest = image[i] - quotient * direction[i]
        residual += rest * rest
      }
      estimate = quotient + residual.squareRoot()
      swap(&direction, &image)
      if round >= 8 && residual.squareRoot() <= 0.01 * quotient { break }
      if !estimate.isFinite { return .infinity }
    }
    return min(estimate, trace())
  }

  /// The sum of the mean squares of the columns, that of the ones included.
  private func trace() -> Double {
    let squares = data.features.reduce(0) { $0 + $1 * $1 }
    return squares / Double(data.rowCount) + (hasIntercept ? 1 : 0)
  }

  private func multiply(
    _ direction: [Double], into image: inout [Double], workspace: inout RegressionWorkspace
  ) throws(ProblemError) {
    try direction.withUnsafeBufferPointer { (direction) throws(ProblemError) in
      try image.withUnsafeMutableBufferPointer { (image) throws(ProblemError) in
        guard let v = direction.baseAddress, let u = image.baseAddress else { return }
        let columns = data.columnCount
        _ = try evaluate(
          .all, at: LinearParameters(weights: v, bias: hasIntercept ? v + columns : nil),
          gradient: LinearGradient(weights: u, bias: hasIntercept ? u + columns : nil), workspace: &workspace
        ) { _, _ in 0 }
      }
    }
  }
}
