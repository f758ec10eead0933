import NaiveReference
import TestSupport
import Testing

@Suite struct NaiveNonFiniteTests {
  @Test(arguments: ClippingCase.all.filter { $0.expected.error == "nonfinite" })
  func namesTheFirstBadEntry(_ reference: ClippingCase) throws {
    let found = try #require(NaiveNonFinite.first(in: reference.gradients.map { ($0.shape, $0.elements) }))
    #expect(found.tensor == reference.expected.tensor)
    #expect(found.flatIndex == reference.expected.flatIndex)
    #expect(found.index == reference.expected.index)
    let value = try #require(reference.expected.value).value
    #expect(found.value == value || (found.value.isNaN && value.isNaN))
  }

  @Test(arguments: ClippingCase.all.filter { $0.expected.error == nil })
  func findsNothingAmongFiniteNumbers(_ reference: ClippingCase) {
    #expect(NaiveNonFinite.first(in: reference.gradients.map { ($0.shape, $0.elements) }) == nil)
  }

  @Test func countsAllOfThem() {
    let found = NaiveNonFinite.first(in: [([2], [1, 2]), ([2, 2], [0, 1, .nan, -.infinity]), ([], [Float.infinity])])
    #expect(found?.count == 3)
    #expect(found?.index == [1, 0])
  }
}
