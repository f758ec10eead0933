import Descent

/// Parameters and gradients that the steppers of one contest share, so that all find the caches in the same state.
final class Vectors<Scalar: BenchmarkScalar> {
  let shape: Shape
  let layout: Layout
  var parameters: ParameterSet<Scalar>?
  private(set) var gradients: ParameterSet<Scalar>

  /// Parameters of one, with the gradient of `setGradient(times: 1)`.
  init(_ shape: Shape, asMatrices: Bool = false) throws {
    self.shape = shape
    layout = try shape.layout(ofMatrices: asMatrices)
    (parameters, gradients) = (ParameterSet(zeros: layout), ParameterSet(zeros: layout))
    reset()
    setGradient(times: 1)
  }

  /// Sets the parameters to one.
  func reset() {
    for entry in layout.entries {
      parameters!.withUnsafeMutableBufferPointer(of: entry.name) { $0.update(repeating: 1) }
    }
  }

  /// Multiples of 1/16 without a zero: ((i + tensor) mod 17 - 8.5) / 8, times a factor. With a zero gradient momentum
  /// decays into subnormal numbers; `zeroEvery` asks for that.
  func setGradient(times factor: Scalar, zeroEvery period: Int? = nil) {
    for (tensor, entry) in layout.entries.enumerated() {
      gradients.withUnsafeMutableBufferPointer(of: entry.name) { g in
        for i in g.indices { g[i] = factor * (Scalar((i + tensor) % 17) - 8.5) / 8 }
        if let period { for i in stride(from: 0, to: g.count, by: period) { g[i] = 0 } }
      }
    }
  }

  /// The norm of the gradient.
  var gradientNorm: Double {
    var sum = 0.0
    for entry in layout.entries {
      gradients.withUnsafeBufferPointer(of: entry.name) { g in for value in g { sum += Double(value) * Double(value) } }
    }
    return sum.squareRoot()
  }

  /// So many parameters at equal distances.
  func sample(_ count: Int) -> [Double] {
    (0..<count).map { place in
      let place = place * shape.count / count
      let (tensor, i) = place.quotientAndRemainder(dividingBy: shape.elementsPerTensor)
      return parameters!.withUnsafeBufferPointer(of: layout.entries[tensor].name) { Double($0[i]) }!
    }
  }
}
