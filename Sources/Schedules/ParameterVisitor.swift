/// Is shown every parameter of a schedule, by name, with what is required of it.
///
/// One list of parameters a kind then serves to encode, decode, validate and print it.
protocol ParameterVisitor {
  associatedtype Failure: Error

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>
  ) throws(Failure)
}

extension ParameterVisitor {
  /// A parameter of which every value is good.
  mutating func callAsFunction<Value: ParameterValue>(_ name: String, _ value: inout Value) throws(Failure) {
    try self(name, &value, Requirement("anything") { _ in true })
  }
}

/// What a parameter must be.
struct Requirement<Value> {
  /// Completes the sentence "must be".
  let text: String
  let isMet: (Value) -> Bool

  init(_ text: String, isMet: @escaping (Value) -> Bool) {
    self.text = text
    self.isMet = isMet
  }
}

extension Requirement where Value == Double {
  /// A value that a hyper-parameter may have.
  static var rate: Self { .init("finite and at least 0") { $0 >= 0 && $0 < .infinity } }

  static var positive: Self { .init("finite and above 0") { $0 > 0 && $0 < .infinity } }

  static func rate(atMost limit: Double, named name: String) -> Self {
    .init("at least 0 and at most \(name), which is \(limit)") { $0 >= 0 && $0 <= limit }
  }
}

extension Requirement where Value == Int {
  static func atLeast(_ least: Int) -> Self { .init("at least \(least)") { $0 >= least } }
}

extension Requirement where Value == [Int] {
  /// Steps at which something happens, the first step included.
  static var boundaries: Self {
    .init("strictly increasing steps, none below 0") { steps in
      (steps.first ?? 0) >= 0 && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    }
  }
}

/// A type that a parameter of a schedule can have.
protocol ParameterValue: Sendable {
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
  enum Coded: Codable {
    case finite(Double)
    case nonFinite(Double)

    init(from decoder: any Decoder) throws {
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

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .finite(let value): try container.encode(value)
      case .nonFinite(let value): try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
      }
    }
  }

  var coded: Coded { isFinite ? .finite(self) : .nonFinite(self) }

  init(coded: Coded) {
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
