/// A type that a parameter of a schedule can have.
protocol ParameterValue: Sendable, NotationValue {
  /// The type that stands for it in saved form.
  associatedtype Coded: Codable
  var coded: Coded { get }
  init(coded: Coded)

  /// Checks what is inside the value; only a schedule has something inside.
  func validate(at path: String) throws(ScheduleError)
}

extension ParameterValue {
  func validate(at path: String) throws(ScheduleError) {}
}

extension ParameterValue where Self: Codable, Coded == Self {
  var coded: Self { self }
  init(coded: Self) { self = coded }
}

extension Bool: ParameterValue {}
extension String: ParameterValue {}
extension Schedule: ParameterValue {}

extension Int: ParameterValue {
  /// A whole number whose decoding says so when it is none; Foundation's says that the file is not valid JSON.
  struct Coded: Codable {
    let value: Int

    init(value: Int) { self.value = value }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      guard let value = try? container.decode(Int.self) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "this must be a whole number")
      }
      self.value = value
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(value)
    }
  }

  var coded: Coded { Coded(value: self) }
  init(coded: Coded) { self = coded.value }
}

extension Double: ParameterValue {
  /// A number that may be saved where numbers are always finite, as in JSON: what is not finite becomes a string.
  package enum Coded: Codable {
    case finite(Double)
    case nonFinite(Double)

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      guard let text = try? container.decode(String.self) else {
        self = .finite(try container.decode(Double.self))
        return
      }
      guard ["inf", "-inf", "nan"].contains(text), let value = Double(text) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\"\(text)\" is no number; a number, \"inf\", \"-inf\" or \"nan\" is")
      }
      self = .nonFinite(value)
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .finite(let value): try container.encode(value)
      case .nonFinite(let value): try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
      }
    }
  }

  package var coded: Coded { isFinite ? .finite(self) : .nonFinite(self) }

  package init(coded: Coded) {
    switch coded {
    case .finite(let value), .nonFinite(let value): self = value
    }
  }
}

extension Array: ParameterValue where Element: ParameterValue {
  var coded: [Element.Coded] { map(\.coded) }
  init(coded: [Element.Coded]) { self = coded.map(Element.init(coded:)) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  var coded: Wrapped.Coded? { map(\.coded) }
  init(coded: Wrapped.Coded?) { self = coded.map(Wrapped.init(coded:)) }
}
