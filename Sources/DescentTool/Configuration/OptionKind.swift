internal import ArgumentParser

/// What an option takes, in a configuration.
enum OptionKind {
  case wholeNumber, number, flag, text, settings
  case oneOf([String])

  init(_ type: any Any.Type) {
    switch (type as? any AnyOptional.Type)?.wrapped ?? type {
    case is any FixedWidthInteger.Type: self = .wholeNumber
    case is Double.Type: self = .number
    case is Bool.Type: self = .flag
    case is [RuleSetting].Type: self = .settings
    case let type as any ExpressibleByArgument.Type where !type.allValueStrings.isEmpty:
      self = .oneOf(type.allValueStrings)
    default: self = .text
    }
  }

  /// Whether a value can be that of such an option; what its text says is left to the option.
  func accepts(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (_, .null), (.wholeNumber, .whole), (.number, .whole), (.number, .number), (.flag, .flag), (.text, .text): true
    // What JSON has no numbers for.
    case (.number, .text(let text)): ["inf", "-inf", "nan"].contains(text)
    case (.settings, .array(let elements)):
      elements.allSatisfy { if case .text(let text) = $0 { RuleSetting(argument: text) != nil } else { false } }
    case (.oneOf(let words), .text(let text)): words.contains(text)
    default: false
    }
  }

  /// What it takes, in words.
  var description: String {
    switch self {
    case .wholeNumber: "a whole number"
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a text in quotes"
    case .settings: "an array of texts such as \"beta2=0.95\""
    case .oneOf(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    }
  }
}

private protocol AnyOptional {
  static var wrapped: any Any.Type { get }
}

extension Optional: AnyOptional {
  fileprivate static var wrapped: any Any.Type { Wrapped.self }
}
