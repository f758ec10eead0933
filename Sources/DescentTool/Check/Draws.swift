internal import Descent

/// Numbers to try things on, a pure function of the seed, a stream and an index.
struct Draws {
  private let generator: Philox

  init(seed: UInt64) { generator = Philox(seed: seed) }

  /// Uniform in (0, 1).
  func uniform(_ stream: Int, _ index: Int) -> Double { generator.uniform(step: stream, index: index) }

  /// Numbers in (-1, 1), among them zeros of both signs, subnormal and small ones.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func ordinary<Scalar: TensorScalar>(count: Int, stream: Int) -> [Scalar] {
    (0..<count).map { i in
      let number = Scalar(2 * uniform(stream, i) - 1)
      return switch i % 37 {
      case 5: 0
      case 11: -0.0
      case 17: Scalar.leastNonzeroMagnitude * Scalar(i % 1000)
      case 23: number * Scalar(0x1p-40)
      default: number
      }
    }
  }

  /// Numbers of both signs whose exponents are spread evenly over a range.
  func spread<Scalar: TensorScalar>(count: Int, exponents: ClosedRange<Int>, stream: Int) -> [Scalar] {
    (0..<count).map { i in
      let exponent = exponents.lowerBound + Int(uniform(stream, 2 * i) * Double(exponents.count))
      let significand = 1 + uniform(stream, 2 * i + 1)
      // Towards zero, so that the largest exponent does not round up to infinity.
      let magnitude = Scalar(Double(sign: .plus, exponent: exponent, significand: significand))
      let finite = min(magnitude, Scalar.greatestFiniteMagnitude)
      return i % 2 == 0 ? finite : -finite
    }
  }
}

extension TensorScalar {
  /// The exponents of all numbers of the type, subnormal ones included.
  static var exponents: ClosedRange<Int> {
    Int(leastNonzeroMagnitude.exponent)...Int(greatestFiniteMagnitude.exponent)
  }
}
