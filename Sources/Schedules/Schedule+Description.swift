extension Schedule: CustomStringConvertible {
  /// The schedule as it is built, such as `cosine(from: 0.1, to: 0.0, over: 100, power: 1.0)`.
  public var description: String {
    var kind = kind
    var visitor = DescribingVisitor()
    kind.visitParameters(&visitor)
    return "\(type(of: kind).name)(\(visitor.parts.joined(separator: ", ")))"
  }
}

private struct DescribingVisitor: ParameterVisitor {
  var parts: [String] = []

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) {
    parts.append("\(name): \(parameterText(value))")
  }
}

/// A parameter's value as text; an absent one is "nil".
func parameterText(_ value: some ParameterValue) -> String {
  if case let optional as any OptionalParameter = value { optional.text } else { "\(value)" }
}

/// Prints an optional parameter without the word "Optional".
private protocol OptionalParameter {
  var text: String { get }
}

extension Optional: OptionalParameter where Wrapped: ParameterValue {
  fileprivate var text: String { map { "\($0)" } ?? "nil" }
}
