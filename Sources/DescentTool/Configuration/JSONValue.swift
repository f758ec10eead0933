/// Any JSON, with whole numbers kept apart, so that a seed of 64 bits loses none.
enum JSONValue: Codable, Equatable {
  case null
  case flag(Bool)
  case whole(Int128)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .whole(Int128(value))
    } else if let value = try? container.decode(UInt64.self) {
      self = .whole(Int128(value))
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .whole(let value):
      if value < 0 { try container.encode(Int64(value)) } else { try container.encode(UInt64(value)) }
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The value of an option.
  init(option value: Any) {
    switch value {
    case let value as any OptionalValue: self = value.wrapped.map(JSONValue.init(option:)) ?? .null
    case let value as Bool: self = .flag(value)
    case let value as any FixedWidthInteger: self = .whole(Int128(value))
    case let value as Double: self = value.isFinite ? .number(value) : .text("\(value)")
    case let values as [RuleSetting]: self = .array(values.map { .text("\($0)") })
    case let value as any RawRepresentable<String>: self = .text(value.rawValue)
    default: self = .text("\(value)")
    }
  }

  /// As it would be typed, a text without its quotes.
  var typed: String {
    switch self {
    case .null: "null"
    case .flag(let value): "\(value)"
    case .whole(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .array(let values) where values.count > 4: "an array of \(values.count)"
    case .array(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .object: "an object"
    }
  }

  /// As it stands in the file.
  var shown: String { if case .text(let value) = self { "\"\(value)\"" } else { typed } }
}

private protocol OptionalValue {
  var wrapped: Any? { get }
}

extension Optional: OptionalValue {
  fileprivate var wrapped: Any? { self }
}
