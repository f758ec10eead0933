import Foundation
import Tensors
import TestSupport
import Testing

// The two base64 texts at the end are what numpy.save of NumPy 2.4.6 wrote.

/// A file as NumPy lays it out: magic, version, length, dictionary, spaces, newline, elements.
private func file(
  _ dictionary: String, version: (UInt8, UInt8) = (1, 0), length: Int? = nil, elements: [UInt8] = []
) -> [UInt8] {
  let text = Array(dictionary.utf8) + [0x0A]
  let count = length ?? text.count
  let field = version.0 == 1 ? 2 : 4
  return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version.0, version.1]
    + (0..<field).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + text + elements
}

private func bytes(_ elements: [Double]) -> [UInt8] { elements.withUnsafeBytes(Array.init) }

private func reason(_ bytes: [UInt8]) -> NumPyError.Reason? {
  do throws(NumPyError) {
    _ = try Tensor<Double>(numPyBytes: bytes)
    return nil
  } catch {
    #expect(error.path == nil)
    return error.reason
  }
}

private let plain = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"

@Suite struct NumPyTests {
  // MARK: - What NumPy writes

  @Test func aMatrixThatNumPyWrote() throws {
    let head = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }".padding(
      toLength: 117, withPad: " ", startingAt: 0)
    let numPy = Data(base64Encoded: matrixByNumPy)!
    let tensor = try Tensor<Double>(numPyBytes: Array(numPy))
    #expect(tensor.shape == [2, 3])
    #expect(tensor.elements.map(\.bitPattern) == [1.5, -2, .pi, 0, -0.0, .leastNonzeroMagnitude].map(\.bitPattern))
    #expect(Array(numPy) == file(head, elements: bytes(tensor.elements)))
    #expect(tensor.numPyBytes == Array(numPy), "Descent and NumPy write the same bytes")
  }

  @Test func aFloatVectorThatNumPyWrote() throws {
    let tensor = try Tensor<Float>(numPyBytes: Array(Data(base64Encoded: vectorByNumPy)!))
    #expect(tensor.shape == [3])
    #expect(tensor.elements == [1.5, -2, 3.25e38])
    #expect(tensor.numPyBytes == Array(Data(base64Encoded: vectorByNumPy)!))
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func allThreeVersionsAreRead(version: UInt8) throws {
    let read = try Tensor<Double>(
      numPyBytes: file(plain, version: (version, 0), elements: bytes([1, 2, 3, 4, 5, 6])))
    #expect(read == (try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])))
  }

  @Test(arguments: [
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", []),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", [1]),
    ("{'shape':(1,1,1),\"fortran_order\":False,'descr':\"<f8\"}", [1, 1, 1]),
    (" { 'shape' : ( 1 , 1 , ) , 'fortran_order' : True , 'descr' : '<f8' , } ", [1, 1]),
  ])
  func otherSpellingsOfADictionary(dictionary: String, shape: [Int]) throws {
    let tensor = try Tensor<Double>(numPyBytes: file(dictionary, elements: bytes([7])))
    #expect(tensor.shape == shape && tensor.elements == [7])
  }

  // MARK: - There and back

  @Test(arguments: [[], [0], [1], [5], [2, 3], [0, 3], [4, 1, 5], [1, 1, 1, 1, 1, 1, 1, 1]])
  func everyBitComesBack(shape: [Int]) throws {
    var generator = SeededGenerator(seed: 5)
    let count = shape.reduce(1, *)
    let doubles = (0..<count).map { _ in Double(bitPattern: generator.next()) }
    let floats = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
    let a = try Tensor(doubles, shape: shape)
    let b = try Tensor(floats, shape: shape)
    let readA = try Tensor<Double>(numPyBytes: a.numPyBytes)
    let readB = try Tensor<Float>(numPyBytes: b.numPyBytes)
    #expect(readA.shape == shape && readB.shape == shape)
    #expect(readA.elements.map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(readB.elements.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect((a.numPyBytes.count - 8 * count) % 64 == 0)
  }

  @Test func aHeaderTooLongForVersionOneIsWrittenAsVersionTwo() throws {
    let tensor = try Tensor<Double>([3], shape: [Int](repeating: 1, count: 30_000))
    #expect(tensor.numPyBytes[6] == 2)
    #expect(try Tensor<Double>(numPyBytes: tensor.numPyBytes) == tensor)
  }

  @Test func filesAreWrittenWholeAndReadInTheirOwnType() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a b.npy").path
    let double = try Tensor<Double>([1, 2, 3, 4], shape: [2, 2])
    let float = try Tensor<Float>([1, 2, 3], shape: [3])
    try double.write(toNumPyFile: path)
    #expect(try Tensor<Double>(contentsOfNumPyFile: path) == double)
    #expect(try NumPyArray(contentsOfFile: path) == .double(double))
    try float.write(toNumPyFile: path)
    #expect(try NumPyArray(contentsOfFile: path) == .float(float))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a b.npy"])
    #expect {
      try Tensor<Double>(contentsOfNumPyFile: path)
    } throws: { error in
      let error = error as? NumPyError
      return error?.path == path && error?.reason == .elementType(found: "<f4", expected: ["<f8"])
        && "\(error!)".hasPrefix(path)
    }
    #expect {
      try double.write(toNumPyFile: folder.appending(path: "missing/a.npy").path)
    } throws: { "\($0)".contains("No such file") }
  }

  // MARK: - What is refused

  @Test func filesThatAreNoArrays() throws {
    for path in ["/nowhere/at/all.npy", "/dev/null", "/tmp", "/dev/null\0.npy"] {
      #expect(throws: NumPyError.self) { try Tensor<Double>(contentsOfNumPyFile: path) }
      #expect(throws: NumPyError.self) { try NumPyArray(contentsOfFile: path) }
    }
    #expect {
      try Tensor<Double>(contentsOfNumPyFile: "/dev/null")
    } throws: { ($0 as? NumPyError)?.reason == .notARegularFile }
    #expect {
      try Tensor<Double>(contentsOfNumPyFile: "/tmp")
    } throws: { ($0 as? NumPyError)?.reason == .file(.isFolder(path: "/tmp")) }
  }

  @Test func hostileBytes() {
    let elements = bytes([1, 2, 3, 4, 5, 6])
    #expect(reason(file(plain, elements: elements)) == nil)
    #expect(reason([]) == .notNumPy)
    #expect(reason(Array("PK\u{3}\u{4}".utf8)) == .notNumPy)
    #expect(reason([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x58, 1, 0, 0, 0, 0, 0]) == .notNumPy)
    #expect(reason([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) == .headerTruncated(expected: 10, found: 6))
    #expect(reason(Array(file(plain).prefix(9))) == .headerTruncated(expected: 10, found: 9))
    #expect(reason(Array(file(plain, version: (2, 0)).prefix(11))) == .headerTruncated(expected: 12, found: 11))
    #expect(reason(file(plain, version: (0, 0))) == .version(major: 0, minor: 0))
    #expect(reason(file(plain, version: (1, 1))) == .version(major: 1, minor: 1))
    #expect(reason(file(plain, version: (4, 0))) == .version(major: 4, minor: 0))
    #expect(reason(file(plain, length: 65_535)) == .headerTruncated(expected: 65_535, found: 60))
    #expect(
      reason(file(plain, version: (2, 0), length: 0xFFFF_FFFF))
        == .headerTooLong(count: 0xFFFF_FFFF, limit: 1 << 20))
    #expect(reason(file(plain, elements: Array(elements.dropLast()))) == .truncated(expected: 48, found: 47))
    #expect(reason(file(plain)) == .truncated(expected: 48, found: 0))
    #expect(reason(file(plain, elements: elements + [0])) == .trailingBytes(count: 1))
  }

  @Test(arguments: ["<f4", ">f8", "=f8", "|b1", "<i8", "<f2", "<c16", "|O", "f8", "", "<U7", "<f8\u{301}"])
  func otherElementTypes(name: String) {
    let dictionary = "{'descr': '\(name)', 'fortran_order': False, 'shape': (1,), }"
    #expect(reason(file(dictionary, elements: bytes([0]))) == .elementType(found: name, expected: ["<f8"]))
  }

  @Test func recordsAndFortranOrder() {
    #expect(
      reason(file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", elements: bytes([0])))
        == .elementType(found: "record", expected: ["<f4", "<f8"]))
    #expect(
      reason(file("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", elements: bytes([1, 2, 3, 4, 5, 6])))
        == .fortranOrder(shape: [2, 3]))
  }

  @Test(arguments: [
    [Int.max], [Int.max, 2], [1 << 31, 1 << 31, 2], [1 << 62, 1], [4_611_686_018_427_387_904, 4],
    [0, 1 << 62, 1 << 62],
  ])
  func shapesBeyondMemory(shape: [Int]) {
    let dictionary =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (\(shape.map(String.init).joined(separator: ",")),), }"
    // Nothing is allocated for it: the file has eight bytes of elements.
    let found = reason(file(dictionary, elements: shape.contains(0) ? [] : bytes([0])))
    #expect(found == .shapeTooLarge(shape) || shape.contains(0) && found == nil)
  }

  @Test func aShapeThatTheFileCannotFillIsRefusedBeforeAllocation() {
    let dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    #expect(
      reason(file(dictionary, elements: bytes([0]))) == .truncated(expected: 8_000_000_000_000, found: 8))
  }

  @Test(arguments: [
    "", "{", "}", "{}", "[]", "{'descr'}", "{'descr': }", "{'descr': '<f8'}", "{'descr': '<f8",
    "{'descr': '<f8', 'fortran_order': False}", "{'descr': '<f8', 'shape': (1,)}",
    "{'fortran_order': False, 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': Fals, 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': 1}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,) 'x': 2}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 2}",
    "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} and more",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (1,)}",
    "{descr: '<f8', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': __import__('os'), 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1 2,)}",
    "{,'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
  ])
  func malformedDictionaries(dictionary: String) {
    guard case .malformedHeader = reason(file(dictionary, elements: bytes([0]))) else {
      Issue.record("accepted: \(dictionary)")
      return
    }
  }

  @Test func bytesThatAreNoText() {
    var bytes = file(plain)
    bytes[13] = 0xFF
    guard case .malformedHeader = reason(bytes) else {
      Issue.record("a string of broken UTF-8 was accepted")
      return
    }
  }

  @Test func everyPrefixAndEveryChangedByteIsAnErrorOrAnArrayButNeverATrap() {
    let whole = file(plain, elements: bytes([1, 2, 3, 4, 5, 6]))
    for count in whole.indices { #expect(reason(Array(whole.prefix(count))) != nil) }
    for position in 0..<whole.count - 48 {
      for value in UInt8.min...UInt8.max {
        var changed = whole
        changed[position] = value
        _ = reason(changed)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomChangesAreAnErrorOrAnArrayButNeverATrap(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let whole = file(plain, elements: bytes([1, 2, 3, 4, 5, 6]))
    let vocabulary = Array("(){}[],:'\"-0123456789 TrueFalse<f8\n\\".utf8)
    for _ in 0..<20_000 {
      var changed = whole
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let position = Int.random(in: 8..<changed.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: changed[position] = vocabulary.randomElement(using: &generator)!
        case 1: changed.remove(at: position)
        default: changed.insert(vocabulary.randomElement(using: &generator)!, at: position)
        }
      }
      _ = reason(changed)
    }
  }
}

private let matrixByNumPy = """
  k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAg\
  ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAAADAGC1EVPsh\
  CUAAAAAAAAAAAAAAAAAAAACAAQAAAAAAAAA=
  """

private let vectorByNumPy = """
  k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAg\
  ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwLmAdH8=
  """
