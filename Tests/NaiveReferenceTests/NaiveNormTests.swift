import NaiveReference
import TestSupport
import Testing

@Suite struct NaiveNormTests {
  static let cases = ClippingCase.of("clip_global_norm").filter { $0.expected.totalNorm != nil }

  @Test(arguments: cases) func agreesWithThePeersNorm(_ reference: ClippingCase) throws {
    let order = try #require(reference.parameters["norm_type"])
    let norm = NaiveNorm.of(reference.gradients.map(\.elements).joined(), order: order).value
    let expected = try #require(reference.expected.totalNorm).value
    let tolerance = try #require(reference.relativeTolerance) * expected + reference.absoluteTolerance
    #expect(abs(norm - expected) <= tolerance, "\(norm) for \(expected)")
  }

  /// The stored values have 60 correct digits before they are rounded, so that half an ulp of ours makes at most one
  /// between both.
  @Test(arguments: cases.filter { $0.peer == "exact" && $0.parameters["norm_type"] != 3 })
  func isWithinAnUlpOfSixtyDigits(_ reference: ClippingCase) throws {
    let order = try #require(reference.parameters["norm_type"])
    let norm = NaiveNorm.of(reference.gradients.map(\.elements).joined(), order: order).value
    expectULPs(norm, try #require(reference.expected.totalNorm).value, atMost: 1, "the norm")
  }

  @Test(arguments: ClippingCase.of("clip_per_tensor_norm").filter { $0.expected.norms != nil })
  func agreesWithTheNormOfEachTensor(_ reference: ClippingCase) throws {
    let order = try #require(reference.parameters["norm_type"])
    let expected = try #require(reference.expected.norms).map(\.value)
    for (tensor, expected) in zip(reference.gradients, expected) {
      let norm = NaiveNorm.of(tensor.elements, order: order).value
      #expect(abs(norm - expected) <= reference.relativeTolerance! * expected, "\(norm) for \(expected)")
    }
  }

  @Test(arguments: ClippingCase.of("norms_of_long"))
  func agreesOnLongVectors(_ reference: ClippingCase) throws {
    let x = try #require(reference.rule).elements
    expectULPs(NaiveNorm.one(x).value, try #require(reference.expected.norm1), atMost: 1, "norm 1")
    expectULPs(NaiveNorm.two(x).value, try #require(reference.expected.norm2), atMost: 1, "norm 2")
    expectULPs(NaiveNorm.p(x, 3).value, try #require(reference.expected.norm3), atMost: 4, "norm 3")
    #expect(NaiveNorm.infinity(x).value == reference.expected.normInfinity)
  }

  /// The norm of n equal numbers c is c sqrt(n): correctly rounded where sqrt(n) is an integer.
  @Test(arguments: [1, 4, 9, 1_000_000, 9_998_244])
  func ofAConstantVectorIsCorrectlyRounded(_ count: Int) {
    let root = Double(Int(Double(count).squareRoot()))
    for constant in [0.1, 1 / 3.0, 1e300, Double.leastNonzeroMagnitude] {
      let x = Array(repeating: constant, count: count)
      #expect(NaiveNorm.two(x).value == root * constant, "\(count) times \(constant)")
      #expect(NaiveNorm.one(x).value == Double(count) * constant, "\(count) times \(constant)")
      #expect(NaiveNorm.infinity(x).value == constant)
    }
  }

  @Test func keepsItsDigitsWhereItsValueOverflows() {
    let greatest = Double.greatestFiniteMagnitude
    let norm = NaiveNorm.two([greatest, greatest, greatest, greatest])
    #expect(norm.value == .infinity)
    #expect(norm == NaiveNorm(greatest.significand, exponent: 1024))
    #expect(NaiveNorm.one([greatest, -greatest]) == NaiveNorm(greatest.significand, exponent: 1024))
    #expect(NaiveNorm.two(Array(repeating: Double.leastNonzeroMagnitude, count: 4)) == NaiveNorm(1, exponent: -1073))
  }

  @Test(arguments: [1, 2, 3, 0.5, 1000, .infinity])
  func scalesExactlyWithPowersOfTwo(_ order: Double) {
    let x = [0.3, -1.7, 2.5, 0, -0.001]
    let norm = NaiveNorm.of(x, order: order)
    for exponent in [-1000, -1, 1, 1000] {
      let scaled = x.map { Double(sign: .plus, exponent: exponent, significand: $0) }
      #expect(NaiveNorm.of(scaled, order: order) == NaiveNorm(norm.mantissa, exponent: norm.exponent + exponent))
    }
  }

  @Test(arguments: [1, 2, 3, .infinity])
  func handlesNothingZerosAndNonFiniteNumbers(_ order: Double) {
    #expect(NaiveNorm.of([Double](), order: order).value == 0)
    #expect(NaiveNorm.of([0, -0.0], order: order).value == 0)
    #expect(NaiveNorm.of([1, -Double.infinity], order: order).value == .infinity)
    #expect(NaiveNorm.of([-Double.infinity, .nan, 1], order: order).value.isNaN)
  }

  @Test func ofFloatsIsThatOfTheSameDoubles() {
    let x: [Float] = [1e38, -3e38, .leastNonzeroMagnitude, 0.1]
    #expect(NaiveNorm.two(x) == NaiveNorm.two(x.map(Double.init)))
  }
}
