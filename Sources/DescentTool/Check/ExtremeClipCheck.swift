internal import Descent
internal import NaiveReference

/// Gradients of extreme magnitudes, clipped by norm: the step of rate 1 from 0 is minus the clipped gradient, which must
/// be the naive one to a few last digits, also where the norm or the factor is beyond the range of numbers.
package struct ExtremeClipCheck {
  private let norms: [NormCase]
  private let scale: CheckScale

  package init(norms: [NormCase] = NormCase.all, scale: CheckScale) { (self.norms, self.scale) = (norms, scale) }

  /// A row for each order.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("clips at extreme magnitudes")
    return try norms.map { norm in
      // The norm is allowed 4 ulp; the quotient, the product and a last rounding below the normal numbers add theirs.
      var row = CheckRow("Clips at extreme magnitudes", "by \(norm.row), 5e-324…1.7e308", limit: 8)
      try compare(Double.self, norm, limits: [0x1p-1074, 0x1p-1030, 1e-300, 1e-30, 1, 1e30, 1e300], &row)
      try compare(Float.self, norm, limits: [0x1p-149, 1e-40, 1e-34, 1e-30, 1, 1e30, 1e38], &row)
      return row
    }
  }

  private func compare<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ norm: NormCase, limits: [Double], _ row: inout CheckRow
  ) throws {
    let draws = Draws(seed: scale.seed &+ 2)
    let range = Scalar.exponents
    let steps = 4 * scale.exponentStride
    for exponent in stride(from: range.lowerBound + 3, through: range.upperBound, by: steps) {
      let g: [Scalar] = [0, 1, 3].enumerated().map { index, lower in
        let significand = 1 + draws.uniform(exponent - range.lowerBound, index)
        let number = Scalar(Double(sign: .plus, exponent: exponent - lower, significand: significand).nextDown)
        return min(number, Scalar.greatestFiniteMagnitude) * (index == 1 ? -1 : 1)
      }
      for limit in limits {
        let expected = NaiveClip.byNorm(g, norm: .of(g, order: norm.naive), limit: limit).map { -$0 }
        for backend in Backend.allCases {
          var optimizer = try Optimizer<Scalar>(
            SGD(), learningRate: 1, clipping: .norm(limit, order: norm.order),
            options: ExecutionOptions(backend: backend, threads: 1), count: g.count)
          var x = [Scalar](repeating: 0, count: g.count)
          try optimizer.step(&x, gradient: g)
          for i in g.indices {
            row.measure(ulps(between: x[i], expected[i])) {
              "\(norm.row), \(Scalar.typeCode), \(backend.rawValue), limit \(limit), gradient \(g): "
                + "element \(i) is moved to \(x[i]), naively to \(expected[i])"
            }
          }
        }
      }
    }
  }
}
