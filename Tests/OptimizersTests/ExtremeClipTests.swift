import Descent
import NaiveReference
import TestSupport
import Testing

/// Clips at the ends of the range, where a norm or a factor is no number of the type.
@Suite struct ExtremeClipTests {
  @Test(arguments: Backend.allCases) func aNormBeyondTheRangeClipsAsAnyOther(_ backend: Backend) throws {
    let huge = 1.7e308
    let gradients = [[huge, huge], [huge, -huge]]
    #expect(try clip(gradients, .norm(1), backend) == [[0.5, 0.5], [0.5, -0.5]])
    #expect(try clip(gradients, .norm(1, order: .one), backend) == [[0.25, 0.25], [0.25, -0.25]])
    for clipped in try clip(gradients, .norm(1, order: .infinity), backend).joined() {
      #expect(ulps(between: abs(clipped), 1) <= 1)
    }
  }

  /// A factor below the normal numbers of the type would carry few digits, or none.
  @Test(arguments: Backend.allCases) func aFactorBelowTheRangeKeepsItsDigits(_ backend: Backend) throws {
    for limit in [1, 1e-3, 1e-30] {
      for scale in [3e38, 1e37, 1e30] as [Float] {
        let gradient = [scale, -scale / 3, scale / 1e4]
        let clipped = try clip([gradient], .norm(limit), backend)[0]
        let expected = NaiveClip.byNorm(gradient, norm: NaiveNorm.two(gradient), limit: limit)
        for (got, expected) in zip(clipped, expected) {
          #expect(ulps(between: got, expected) <= 2, "\(got) for \(expected), limit \(limit), \(scale)")
        }
      }
    }
    for limit in [1, 1e-3, 1e-290] {
      for scale in [1.7e308, 1e300] {
        let gradient = [scale, -scale / 3, scale / 1e4]
        let clipped = try clip([gradient], .norm(limit), backend)[0]
        let expected = NaiveClip.byNorm(gradient, norm: NaiveNorm.two(gradient), limit: limit)
        for (got, expected) in zip(clipped, expected) {
          #expect(ulps(between: got, expected) <= 8, "\(got) for \(expected), limit \(limit), \(scale)")
        }
      }
    }
  }

  /// The product of a small rate and a small factor can leave the range though neither does.
  @Test(arguments: Backend.allCases) func aSmallRateTimesASmallFactorKeepsItsDigits(_ backend: Backend) throws {
    func step<Scalar: TensorScalar>(_ gradient: [Scalar], rate: Double) throws -> [Scalar] {
      var optimizer = try Optimizer<Scalar>(
        SGD(), learningRate: LearningRate(.constant(rate)), clipping: .norm(1),
        options: ExecutionOptions(backend: backend), count: gradient.count)
      var x = [Scalar](repeating: 0, count: gradient.count)
      try optimizer.step(&x, gradient: gradient)
      return x
    }
    for scale in [1e290, 1e298, 1e306] {
      for (got, gradient) in zip(try step([3 * scale, -4 * scale], rate: 1e-15), [3.0, -4]) {
        #expect(abs(got / (-1e-15 * gradient / 5) - 1) <= 8 * Double.ulpOfOne, "\(got) \(scale)")
      }
    }
    for scale in [1e20, 1e29, 1e37] as [Float] {
      for (got, gradient) in zip(try step([3 * scale, -4 * scale], rate: 1e-12), [3 as Float, -4]) {
        #expect(abs(got / (-1e-12 * gradient / 5) - 1) <= 8 * Float.ulpOfOne, "\(got) \(scale)")
      }
    }
  }

  /// Tensors of zeros beside tensors of tiny or huge numbers: what each adds to the norm is kept at its own scale.
  @Test(arguments: Backend.allCases) func zerosBesideExtremeNumbersDoNotSpoilTheNorm(_ backend: Backend) throws {
    for magnitude in [Double.leastNonzeroMagnitude, 1e-300, 1e-140, 1, 1e140, 1e300] {
      for clipping in [.norm(1e-10), .value(1e10).thenNorm(1e-10), .norm(1e-10, order: .p(3))] as [GradientClipping] {
        let clipped = try clip([[0, 0], [magnitude], [0], [-magnitude]], clipping, backend)
        #expect(clipped[0] == [0, 0] && clipped[2] == [0] && clipped[1][0] == -clipped[3][0])
        let order = clipping.normLimit!.order.exponent
        let bounded = min(magnitude, clipping.valueBound ?? .infinity)
        let norm = NaiveNorm.of([bounded, -bounded], order: order)
        let expected = NaiveClip.byNorm([bounded], norm: norm, limit: 1e-10)[0]
        #expect(abs(clipped[1][0] - expected) <= 8 * expected.ulp, "\(magnitude) \(clipping)")
      }
    }
  }
}
