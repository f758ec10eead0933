/// A value as it is typed and read.
protocol NotationValue {
  /// The value in the notation.
  var notation: String { get }

  /// What stands in the notation, as a value of this type; `name` is what the value is for, as in "over of cosine".
  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Self

  /// Completes "expected".
  static var expectation: String { get }
}

extension NotationValue {
  /// The fault that something else stands here.
  static func unexpected(_ node: NotationNode, for name: String) -> NotationFault {
    NotationFault(.unexpected(found: node.found, expected: ["\(expectation) for \(name)"]), at: node.offset)
  }
}

extension Schedule: NotationValue {
  static let expectation = "a schedule"

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Schedule {
    try reader.schedule(node)
  }
}

extension Double: NotationValue {
  static let expectation = "a number"

  /// The fewest digits that read back as the same number.
  var notation: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Double {
    guard case .number(let number) = node.form else { throw unexpected(node, for: name) }
    guard let value = number.double else { throw NotationFault(.numberOutOfRange(number.text), at: node.offset) }
    return value
  }
}

extension Int: NotationValue {
  static let expectation = "a whole number"
  var notation: String { "\(self)" }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Int {
    guard case .number(let number) = node.form else { throw unexpected(node, for: name) }
    switch number.whole {
    case .whole(let value): return value
    case .notWhole: throw unexpected(node, for: name)
    case .outOfRange: throw NotationFault(.numberOutOfRange(number.text), at: node.offset)
    }
  }
}

extension String: NotationValue {
  static let expectation = "a word"
  var notation: String { self }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> String {
    guard case .word(let word) = node.form else { throw unexpected(node, for: name) }
    return word
  }
}

extension Bool: NotationValue {
  static let expectation = "true or false"
  var notation: String { self ? "true" : "false" }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Bool {
    guard case .word(let word) = node.form, let value = Bool(word) else { throw unexpected(node, for: name) }
    return value
  }
}

extension Array: NotationValue where Element: NotationValue {
  static var expectation: String { "a list" }
  var notation: String { "[\(map(\.notation).joined(separator: ", "))]" }

  /// A list; or one value, which stands for the list of it.
  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> [Element] {
    guard case .list(let nodes) = node.form else { return [try Element.read(node, for: name, by: reader)] }
    var elements: [Element] = []
    for node in nodes { elements.append(try Element.read(node, for: name, by: reader)) }
    return elements
  }
}

extension Optional: NotationValue where Wrapped: NotationValue {
  static var expectation: String { "\(Wrapped.expectation) or nil" }
  var notation: String { map(\.notation) ?? "nil" }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Wrapped? {
    if case .word("nil") = node.form { return nil }
    return try Wrapped.read(node, for: name, by: reader)
  }
}

/// A choice is the word of its case.
extension NotationValue where Self: RawRepresentable<String> & CaseIterable {
  static var expectation: String { allCases.map(\.rawValue).joined(separator: " or ") }
  var notation: String { rawValue }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> Self {
    guard case .word(let word) = node.form, let value = Self(rawValue: word) else { throw unexpected(node, for: name) }
    return value
  }
}

extension CyclicAmplitude: NotationValue {
  static let expectation = "constant, halving or exponential(factor)"

  var notation: String {
    switch self {
    case .constant: "constant"
    case .halving: "halving"
    case .exponential(let factor): "exponential(\(factor.notation))"
    }
  }

  static func read(
    _ node: NotationNode, for name: String, by reader: NotationReader
  ) throws(NotationFault) -> CyclicAmplitude {
    switch node.form {
    case .word("constant"):
      return .constant
    case .word("halving"):
      return .halving
    case .call("exponential", let arguments):
      guard arguments.count == 1, arguments[0].name?.text ?? "factor" == "factor", arguments[0].target == nil
      else { throw unexpected(node, for: name) }
      return .exponential(factor: try Double.read(arguments[0].value, for: "factor of \(name)", by: reader))
    default:
      throw unexpected(node, for: name)
    }
  }
}
