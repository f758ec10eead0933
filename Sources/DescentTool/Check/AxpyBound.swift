internal import Descent

/// What an axpy is measured against.
enum AxpyBound: Int, CaseIterable {
  case daxpyOneFactor, daxpyTwoFactors, saxpyOneFactor, saxpyTwoFactors

  init<Scalar: TensorScalar>(_ type: Scalar.Type, twoFactors: Bool) {
    switch (type == Double.self, twoFactors) {
    case (true, false): self = .daxpyOneFactor
    case (true, true): self = .daxpyTwoFactors
    case (false, false): self = .saxpyOneFactor
    case (false, true): self = .saxpyTwoFactors
    }
  }

  var what: String {
    switch self {
    case .daxpyOneFactor: "daxpy against x - (rate c) g"
    case .daxpyTwoFactors: "daxpy against x - rate (c g)"
    case .saxpyOneFactor: "saxpy against x - (rate c) g"
    case .saxpyTwoFactors: "saxpy against x - rate (c g)"
    }
  }

  /// Fused or not makes 2. Two factors are rounded once in a daxpy and twice in the loop; in `Float` rate and c are
  /// rounded to the type too, the product in a saxpy, both in the loop.
  var limit: Double {
    switch self {
    case .daxpyOneFactor, .saxpyOneFactor: 2
    case .daxpyTwoFactors: 5
    case .saxpyTwoFactors: 7
    }
  }
}

/// The largest |found - expected| in units of u (|x| + |a g|), and where; what vanishes below the least number is free.
func largestDifference<Scalar: TensorScalar>(
  _ found: [Scalar], _ expected: [Scalar], x: [Scalar], g: [Scalar], a: Double
) -> (difference: Double, index: Int) {
  var worst = (difference: 0.0, index: 0)
  for i in found.indices where found[i] != expected[i] {
    let apart = abs(Double(found[i]) - Double(expected[i])) - 2 * Double(Scalar.leastNonzeroMagnitude)
    // A little more than the unit: what is attained exactly must not fail by the rounding of its bound.
    let unit = Scalar.roundingUnit * (abs(Double(x[i])) + abs(a * Double(g[i]))) * (1 + 4 * Double.ulpOfOne)
    let difference = apart <= 0 ? 0 : apart / unit
    if !(difference <= worst.difference) { worst = (difference.isNaN ? .infinity : difference, i) }
  }
  return worst
}
