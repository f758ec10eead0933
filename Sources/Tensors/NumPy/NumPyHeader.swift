/// The head of a NumPy `.npy` file, versions 1.0 to 3.0: what the elements are and where they begin.
///
/// Six bytes of magic, two of version, the length of what follows in two (1.0) or four (2.0, 3.0) bytes, and a
/// dictionary in Python's notation with exactly the keys `descr`, `fortran_order` and `shape`. Source: NEP 1 and
/// `numpy.lib.format`. Here the dictionary is parsed, never evaluated, and nothing in it is believed before it was
/// held against the number of bytes there are.
struct NumPyHeader: Equatable {
  /// The element type in NumPy's notation, `<f8` for little-endian `Double`.
  var elementType: String
  var isFortranOrder: Bool
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Long enough for 64 dimensions, the most that NumPy has, many times over.
  static let lengthLimit = 1 << 20

  /// The number of elements, if an array of `Scalar` in C order with `available` bytes is what the header describes.
  func elementCount<Scalar: TensorScalar>(of type: Scalar.Type, available: Int) throws(NumPyError.Reason) -> Int {
    let expected = NumPyHeader.elementType(of: type)
    if elementType != expected { throw .elementType(found: elementType, expected: [expected]) }
    // Column after column and row after row are the same thing where at most one dimension is longer than 1.
    if isFortranOrder && shape.count(where: { $0 != 1 }) > 1 { throw .fortranOrder(shape: shape) }
    var count = 1
    // A dimension of 0 makes the array empty, however large the others are.
    for dimension in shape.contains(0) ? [0] : shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow { throw .shapeTooLarge(shape) }
      count = product
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    if overflow { throw .shapeTooLarge(shape) }
    if available < bytes { throw .truncated(expected: bytes, found: available) }
    if available > bytes { throw .trailingBytes(count: available - bytes) }
    return count
  }

  /// NumPy's name of a scalar type. All platforms that Swift supports store the low byte first.
  static func elementType<Scalar: TensorScalar>(of type: Scalar.Type) -> String { "<" + Scalar.typeCode }
}

// MARK: - Reading

extension NumPyHeader {
  /// Reads up to the first element.
  init(reading source: inout some NumPySource & ~Copyable) throws(NumPyError.Reason) {
    var preamble = try source.bytes(10)
    if !preamble.starts(with: NumPyHeader.magic) { throw .notNumPy }
    if preamble.count < 10 { throw .headerTruncated(expected: 10, found: preamble.count) }
    let (major, minor) = (preamble[6], preamble[7])
    if !(1...3).contains(major) || minor != 0 { throw .version(major: major, minor: minor) }
    if major > 1 {
      preamble += try source.bytes(2)
      if preamble.count < 12 { throw .headerTruncated(expected: 12, found: preamble.count) }
    }
    let count = preamble[8...].reversed().reduce(0) { $0 << 8 | Int($1) }
    if count > NumPyHeader.lengthLimit { throw .headerTooLong(count: count, limit: NumPyHeader.lengthLimit) }
    let dictionary = try source.bytes(count)
    if dictionary.count < count { throw .headerTruncated(expected: count, found: dictionary.count) }
    try self.init(dictionary: dictionary)
  }

  init(dictionary: [UInt8]) throws(NumPyError.Reason) {
    var text = PythonLiteral(bytes: dictionary)
    var elementType: String?
    var isFortranOrder: Bool?
    var shape: [Int]?

    try text.expect("{")
    while !text.skip("}") {
      let key = try text.string()
      let start = text.position
      try text.expect(":")
      switch key {
      case "descr" where elementType == nil: elementType = try text.elementType()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try text.boolean()
      case "shape" where shape == nil: shape = try text.tuple()
      case "descr", "fortran_order", "shape": throw .malformedHeader("the key '\(key)' occurs twice", offset: start)
      default: throw .malformedHeader("unknown key \(String(reflecting: key))", offset: start)
      }
      if !text.skip(",") {
        try text.expect("}")
        break
      }
    }
    try text.expectEnd()
    func missing(_ key: String) -> NumPyError.Reason {
      .malformedHeader("the key '\(key)' is missing", offset: dictionary.count)
    }
    guard let elementType else { throw missing("descr") }
    guard let isFortranOrder else { throw missing("fortran_order") }
    guard let shape else { throw missing("shape") }
    self.init(elementType: elementType, isFortranOrder: isFortranOrder, shape: shape)
  }
}

/// The little of Python's notation that a header holds: strings, True, False, tuples of whole numbers.
private struct PythonLiteral {
  let bytes: [UInt8]
  var position = 0

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(NumPyError.Reason) {
    if !skip(character) { throw .malformedHeader("expected '\(character)'", offset: position) }
  }

  mutating func expectEnd() throws(NumPyError.Reason) {
    skipSpace()
    if position < bytes.count { throw .malformedHeader("text after the dictionary", offset: position) }
  }

  /// A string in single or double quotes. Escapes do not occur in the names of keys and types, and are refused.
  mutating func string() throws(NumPyError.Reason) -> String {
    skipSpace()
    let start = position
    guard position < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[position]) else {
      throw .malformedHeader("expected a string in quotes", offset: position)
    }
    let quote = bytes[position]
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else {
      throw .malformedHeader("a string without an end", offset: start)
    }
    let content = bytes[position + 1..<end]
    if content.contains(UInt8(ascii: "\\")) { throw .malformedHeader("an escape in a string", offset: start) }
    position = end + 1
    guard let text = String(validating: content, as: UTF8.self) else {
      throw .malformedHeader("a string that is not UTF-8", offset: start)
    }
    return text
  }

  /// The element type: a string here; a list of fields means records.
  mutating func elementType() throws(NumPyError.Reason) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return try string() }
    throw .elementType(found: "record", expected: ["<f4", "<f8"])
  }

  mutating func boolean() throws(NumPyError.Reason) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw .malformedHeader("expected True or False", offset: position)
  }

  /// A tuple as Python writes it: `()`, `(3,)`, `(3, 4)`; `(3)` is a number and no tuple.
  mutating func tuple() throws(NumPyError.Reason) -> [Int] {
    try expect("(")
    var values: [Int] = []
    while !skip(")") {
      values.append(try number())
      let hasComma = skip(",")
      if !hasComma {
        if values.count == 1 { throw .malformedHeader("expected ',' after a tuple's only number", offset: position) }
        try expect(")")
        break
      }
    }
    return values
  }

  private mutating func number() throws(NumPyError.Reason) -> Int {
    skipSpace()
    let start = position
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
      throw .malformedHeader("a dimension below 0", offset: start)
    }
    var value = 0
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      if overflow || carry { throw .malformedHeader("a dimension that no integer holds", offset: start) }
      value = sum
      position += 1
    }
    if position == start { throw .malformedHeader("expected a whole number", offset: start) }
    return value
  }
}

// MARK: - Writing

extension NumPyHeader {
  /// Everything before the elements, padded so that they begin at a multiple of 64 bytes.
  ///
  /// Version 1.0 wherever its 16-bit length suffices, as NumPy does, so that the oldest readers can read it.
  var bytes: [UInt8] {
    let dimensions = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary = Array(
      "{'descr': '\(elementType)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(dimensions)), }"
        .utf8)
    func padded(after preamble: Int) -> Int { (preamble + dictionary.count + 1 + 63) / 64 * 64 - preamble }
    let isShort = padded(after: 10) <= Int(UInt16.max)
    let length = padded(after: isShort ? 10 : 12)
    var result = NumPyHeader.magic + [isShort ? 1 : 2, 0]
    for byte in 0..<(isShort ? 2 : 4) { result.append(UInt8(truncatingIfNeeded: length >> (8 * byte))) }
    result += dictionary
    result += repeatElement(0x20, count: length - dictionary.count - 1)
    result.append(0x0A)
    return result
  }
}
