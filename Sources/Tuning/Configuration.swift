/// Values for the parameters of a search, by name: what one trial tries.
///
/// ```swift
/// let rate = try configuration.number("learningRate")
/// ```
///
/// Codable as a JSON object of numbers and strings. Whole numbers are numbers, exact up to 2⁵³.
public struct Configuration: Sendable, Hashable {
  /// What a parameter is set to.
  public enum Value: Sendable, Hashable {
    /// A number.
    case number(Double)
    /// A word, e.g. the name of a rule.
    case text(String)
  }

  /// The values by name.
  public let values: [String: Value]

  /// A configuration with these values.
  public init(_ values: [String: Value]) { self.values = values }

  /// The value of a parameter, or nil where there is none of this name.
  public subscript(name: String) -> Value? { values[name] }

  /// The number that a parameter is set to.
  /// - Throws: `TuningError.unknownParameter`, or `TuningError.wrongKind` where it is a word.
  public func number(_ name: String) throws(TuningError) -> Double {
    guard case .number(let number) = try value(name) else { throw wrongKind(name, "a number") }
    return number
  }

  /// The whole number that a parameter is set to.
  /// - Throws: `TuningError.unknownParameter`, or `TuningError.wrongKind` where it is not a whole number.
  public func integer(_ name: String) throws(TuningError) -> Int {
    guard case .number(let number) = try value(name), let integer = Int(exactly: number) else {
      throw wrongKind(name, "a whole number")
    }
    return integer
  }

  /// The word that a parameter is set to.
  /// - Throws: `TuningError.unknownParameter`, or `TuningError.wrongKind` where it is a number.
  public func text(_ name: String) throws(TuningError) -> String {
    guard case .text(let text) = try value(name) else { throw wrongKind(name, "a word") }
    return text
  }

  private func value(_ name: String) throws(TuningError) -> Value {
    guard let value = values[name] else { throw .unknownParameter(name, known: values.keys.sorted()) }
    return value
  }

  private func wrongKind(_ name: String, _ expected: String) -> TuningError {
    .wrongKind(name, value: values[name]?.description ?? "", expected: expected)
  }
}

extension Configuration: ExpressibleByDictionaryLiteral {
  /// A configuration from names and values; of a name that is repeated, the last value counts.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init(Dictionary(elements) { _, last in last })
  }
}

extension Configuration: CustomStringConvertible {
  /// The values in the order of their names: `learningRate = 0.1, rule = adam`.
  public var description: String {
    values.keys.sorted().map { "\($0) = \(values[$0]!)" }.joined(separator: ", ")
  }
}

extension Configuration: Codable {
  /// Reads a JSON object.
  public init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: Value].self)
  }

  /// Writes a JSON object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

extension Configuration.Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A word.
  public init(stringLiteral value: String) { self = .text(value) }
}

extension Configuration.Value: CustomStringConvertible {
  /// The number in its shortest form that reads back the same, or the word.
  public var description: String {
    switch self {
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .text(let text): text
    }
  }
}

extension Configuration.Value: Codable {
  /// Reads a number or a string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }

  /// Writes a number or a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}
