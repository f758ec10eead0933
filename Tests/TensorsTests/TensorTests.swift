// Tensors, layouts and parameter sets: values with aligned memory.

import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
  private func isAligned<Scalar>(_ pointer: UnsafePointer<Scalar>?) -> Bool {
    pointer.map { UInt(bitPattern: $0) % 64 == 0 } ?? false
  }

  @Test(arguments: [0, 1, 7, 8192, 3_000_000])
  func memoryIsAlignedTo64Bytes(_ count: Int) throws {
    var doubles = try Tensor<Double>(zeros: [count])
    let floats = Tensor<Float>([Float](repeating: 1, count: count))
    #expect(doubles.withUnsafeBufferPointer { isAligned($0.baseAddress) })
    #expect(floats.withUnsafeBufferPointer { isAligned($0.baseAddress) })
    let before = doubles
    doubles.withUnsafeMutableBufferPointer { #expect(isAligned(UnsafePointer($0.baseAddress))) }
    #expect(before.count == count && doubles.elements.allSatisfy { $0 == 0 })
  }

  @Test func everyTensorOfASetIsAlignedInBothScalarTypes() throws {
    let layout = try Layout([("a", [3]), ("b", []), ("c", [5, 7]), ("d", [0, 4]), ("e", [1])])
    let doubles = ParameterSet<Double>(zeros: layout)
    let floats = ParameterSet<Float>(zeros: layout)
    for entry in layout.entries {
      #expect(doubles.withUnsafeBufferPointer(of: entry.name) { isAligned($0.baseAddress) } == true)
      #expect(floats.withUnsafeBufferPointer(of: entry.name) { isAligned($0.baseAddress) } == true)
    }
    #expect(layout.count == 3 + 1 + 35 + 0 + 1)
  }

  @Test func aCopyIsIndependent() throws {
    var a = Tensor<Double>([1, 2, 3])
    let b = a
    a[1] = 20
    #expect(a.elements == [1, 20, 3])
    #expect(b.elements == [1, 2, 3])
    var c = a
    do {
      var span = c.mutableSpan
      span[0] = 10
    }
    #expect(a.elements == [1, 20, 3] && c.elements == [10, 20, 3])
  }

  @Test func anUnsharedTensorIsWrittenInPlace() {
    var a = Tensor<Float>([1, 2, 3])
    let address = a.withUnsafeBufferPointer { $0.baseAddress }
    a[0] = 5
    a.withUnsafeMutableBufferPointer { $0[1] = 6 }
    #expect(a.withUnsafeBufferPointer { $0.baseAddress } == address)
    #expect(a.elements == [5, 6, 3])
  }

  @Test func spansShowTheElements() throws {
    let a = try Tensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let span = a.span
    #expect(span.count == 6)
    for i in span.indices { #expect(span[i] == Double(i + 1)) }
  }

  @Test func shapesThatDoNotFitAreNamed() {
    #expect(throws: ShapeError.elementCount(given: 5, shape: [2, 3])) {
      try Tensor<Double>([1, 2, 3, 4, 5], shape: [2, 3])
    }
    #expect(throws: ShapeError.invalid(shape: [2, -1])) { try Tensor<Double>(zeros: [2, -1]) }
    #expect(throws: ShapeError.invalid(shape: [Int.max, 2])) { try Tensor<Double>(zeros: [Int.max, 2]) }
    let error = ShapeError.mismatch(expected: [2, 3], found: [3, 2])
    #expect("\(error)".contains("[2, 3]") && "\(error)".contains("[3, 2]"))
  }

  @Test func equalityIsOfShapeAndElements() throws {
    let vector = Tensor<Double>([1, 2, 3, 4])
    #expect(vector == Tensor([1, 2, 3, 4]))
    #expect(try vector != Tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(vector != Tensor([1, 2, 3, 5]))
    #expect(Tensor<Double>([.nan]) != Tensor<Double>([.nan]))
  }

  @Test func aLayoutRefusesWhatCannotBeAKey() throws {
    #expect(throws: LayoutError.repeatedName("a")) { try Layout([("a", [1]), ("a", [2])]) }
    #expect(throws: LayoutError.emptyName(position: 1)) { try Layout([("a", [1]), ("", [2])]) }
    #expect(throws: LayoutError.invalidShape(name: "b", shape: [-2])) { try Layout([("b", [-2])]) }
    #expect(throws: LayoutError.invalidShape(name: "c", shape: [Int.max])) { try Layout.vector(Int.max, name: "c") }
  }

  @Test func aSetIsReadAndWrittenByName() throws {
    var set = try ParameterSet<Double>([
      ("weights", Tensor([1, 2, 3, 4], shape: [2, 2])), ("bias", Tensor([5])),
    ])
    let copy = set
    try set.set("bias", to: Tensor([7]))
    #expect(set["bias"] == Tensor([7]) && copy["bias"] == Tensor([5]))
    #expect(set["weights"] == copy["weights"])
    #expect(set["weight"] == nil)
    #expect(set != copy)
    #expect(throws: LayoutError.unknownName("weight")) { try set.set("weight", to: Tensor([1])) }
    #expect(throws: LayoutError.shapeMismatch(name: "bias", expected: [1], found: [2])) {
      try set.set("bias", to: Tensor([1, 2]))
    }
  }

  @Test func theSpansOfASetAreItsTensors() throws {
    var set = try ParameterSet<Float>([("weights", Tensor([1, 2, 3])), ("none", Tensor([])), ("bias", Tensor([5]))])
    let copy = set
    do {
      var bias = try set.mutableSpan(of: "bias")
      bias[0] = 7
    }
    #expect(set["bias"] == Tensor([7]) && copy["bias"] == Tensor([5]))
    #expect(set["weights"] == copy["weights"])
    let weights = try copy.span(of: "weights")
    #expect(weights.indices.map { weights[$0] } == [1, 2, 3])
    let count = try copy.span(of: "none").count
    #expect(count == 0)
    #expect(throws: LayoutError.unknownName("weight")) { _ = try copy.span(of: "weight").count }
    #expect(throws: LayoutError.unknownName("weight")) { _ = try set.mutableSpan(of: "weight").count }
  }
}
