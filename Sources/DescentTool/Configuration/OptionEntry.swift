internal import ArgumentParser

/// One option of a subcommand, as a configuration knows it.
struct OptionEntry {
  /// The long name, without dashes.
  let name: String
  let type: any Any.Type
  /// Nil where it was not given and has no default, and before anything is parsed.
  let value: Any?

  /// The options of a subcommand with their values, once it is parsed.
  static func all(of arguments: some ParsableArguments) -> [OptionEntry] { entries(of: arguments, isParsed: true) }

  /// The options of a type, without values.
  static func all(of type: any ParsableArguments.Type) -> [OptionEntry] { entries(of: type.init(), isParsed: false) }

  /// The flags that can be said to be off.
  static let withNegation: Set = ["standardize", "intercept", "nesterov"]

  /// Options whose name is not that of their property.
  private static let otherNames = ["settings": "set", "configured": "data"]

  /// What a configuration says nothing about.
  private static let leftOut: Set = ["config", "dumpConfig", "argument"]

  private static func entries(of arguments: any ParsableArguments, isParsed: Bool) -> [OptionEntry] {
    Mirror(reflecting: arguments).children.flatMap { label, wrapper -> [OptionEntry] in
      let property = label.map { String($0.drop { $0 == "_" }) } ?? ""
      if let group = wrapper as? any GroupWrapper {
        return entries(of: isParsed ? group.arguments : group.unparsed, isParsed: isParsed)
      }
      guard let option = wrapper as? any OptionWrapper, !leftOut.contains(property) else { return [] }
      return [
        OptionEntry(
          name: otherNames[property] ?? kebab(property), type: option.valueType,
          value: isParsed ? option.anyValue : nil)
      ]
    }
  }

  /// "testEvery" as "test-every".
  private static func kebab(_ property: String) -> String {
    property.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}

private protocol OptionWrapper {
  var valueType: any Any.Type { get }
  var anyValue: Any { get }
}

extension Option: OptionWrapper {
  fileprivate var valueType: any Any.Type { Value.self }
  fileprivate var anyValue: Any { wrappedValue }
}

extension Flag: OptionWrapper {
  fileprivate var valueType: any Any.Type { Value.self }
  fileprivate var anyValue: Any { wrappedValue }
}

private protocol GroupWrapper {
  var arguments: any ParsableArguments { get }
  var unparsed: any ParsableArguments { get }
}

extension OptionGroup: GroupWrapper {
  fileprivate var arguments: any ParsableArguments { wrappedValue }
  fileprivate var unparsed: any ParsableArguments { Value() }
}
