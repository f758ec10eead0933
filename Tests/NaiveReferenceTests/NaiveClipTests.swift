import NaiveReference
import TestSupport
import Testing

@Suite struct NaiveClipTests {
  @Test(arguments: ClippingCase.of("clip_global_norm").filter { $0.clipped != nil })
  func byGlobalNormGivesTheExactClippedTensors(_ reference: ClippingCase) throws {
    // torch and optax print tensors of their own formula; torch's is stored without its epsilon, too.
    let clipped = NaiveClip.byGlobalNorm(
      reference.gradients.map(\.elements), limit: try #require(reference.parameters["max_norm"]),
      order: try #require(reference.parameters["norm_type"]))
    try check(clipped, reference)
  }

  @Test(arguments: ClippingCase.of("clip_per_tensor_norm").filter { $0.clipped != nil })
  func byTensorNormGivesTheClippedTensors(_ reference: ClippingCase) throws {
    let clipped = NaiveClip.byTensorNorm(
      reference.gradients.map(\.elements), limit: try #require(reference.parameters["max_norm"]),
      order: try #require(reference.parameters["norm_type"]))
    try check(clipped, reference)
  }

  @Test(arguments: ClippingCase.of("clip_value").filter { $0.clipped != nil })
  func byValueGivesTheSameBits(_ reference: ClippingCase) throws {
    let bound = try #require(reference.parameters["max_value"])
    var changed = 0
    for (tensor, expected) in zip(reference.gradients, try #require(reference.clipped)) {
      let clipped = NaiveClip.byValue(tensor.elements, bound: bound)
      expectBitsEqual(clipped, expected.elements)
      changed += zip(clipped, tensor.elements).count { $0 != $1 }
    }
    if let expected = reference.expected.elementsChanged { #expect(changed == expected) }
  }

  @Test(arguments: ClippingCase.of("clip_global_norm").filter { $0.clipped != nil })
  func theFactorIsTheStoredCoefficient(_ reference: ClippingCase) throws {
    guard let expected = (reference.expected.exactCoefficient ?? reference.expected.coefficient)?.value else { return }
    let norm = NaiveNorm.of(
      reference.gradients.map(\.elements).joined(), order: try #require(reference.parameters["norm_type"]))
    let factor = NaiveClip.factor(norm: norm, limit: try #require(reference.parameters["max_norm"]))
    // Limits of subnormal size have few digits themselves; they are compared through the clipped tensors.
    if reference.absoluteTolerance == 0 {
      #expect(abs(factor - expected) <= 1e-13 * expected, "\(factor) for \(expected)")
    }
  }

  @Test func aNormBeyondTheRangeClipsAsAnyOther() {
    let clipped = NaiveClip.byGlobalNorm([[1.7e308, 1.7e308], [1.7e308, -1.7e308]], limit: 1)
    #expect(clipped == [[0.5, 0.5], [0.5, -0.5]])
  }

  @Test func aFactorBelowTheNormalFloatsKeepsItsDigits() {
    let gradient: [Float] = [3e38, -1e38, 2e38]
    let clipped = NaiveClip.byTensorNorm([gradient], limit: 1e-5)[0]
    let norm = NaiveNorm.two(gradient).value
    for (clipped, gradient) in zip(clipped, gradient) {
      #expect(ulps(between: clipped, Float(Double(gradient) / norm * 1e-5)) <= 1)
    }
  }

  @Test func aGroupIsClippedByItsOwnNorm() {
    let gradients = [[3.0], [6, 8], [4]]
    let clipped = NaiveClip.byGroupNorm(gradients, groups: [0, 1, 0], limit: 2.5)
    #expect(clipped == [[1.5], [1.5, 2], [2]])
  }

  private func check(_ clipped: [[Double]], _ reference: ClippingCase) throws {
    let tolerance = try #require(reference.relativeTolerance)
    for (clipped, expected) in zip(clipped, try #require(reference.clipped)) {
      expectClose(clipped, expected.elements, expected.name ?? "") {
        tolerance * abs(expected.elements[$0]) + reference.absoluteTolerance
      }
    }
  }
}
