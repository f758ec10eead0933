/// What a call of a kind may hold.
struct NotationSignature {
  struct Parameter {
    let name: String
    let isRequired: Bool
    /// Whether it is the first value of the next schedule if it is missing.
    let mayFollow: Bool
    let isFlag: Bool
    /// The name, with the default if there is one to show.
    let form: String
  }

  /// The parameter that follows an arrow.
  static let target = "to"

  private(set) var parameters: [Parameter] = []

  init(of kind: any StoredKind.Type) {
    var kind: any StoredKind = kind.init()
    var visitor = SignatureVisitor()
    kind.visitParameters(&visitor)
    parameters = visitor.parameters
  }

  subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The parameters whose values need no name. After another value, `to` has an arrow instead.
  var positional: [Parameter] {
    parameters.enumerated()
      .filter { ($1.isRequired || $1.mayFollow) && ($0 == 0 || $1.name != Self.target) }
      .map(\.element)
  }

  /// The names of these parameters, the first one with its arrow.
  var positionalForm: [String] {
    var names = positional.map(\.name)
    if let first = names.first, first != Self.target, self[Self.target] != nil {
      names[0] = "\(first) -> \(Self.target)"
    }
    return names
  }

  /// What stands in the parentheses: the parameters in the order in which they are written, each as its `form`.
  var form: String {
    var (unnamed, named): ([String], [String]) = ([], [])
    for (index, parameter) in parameters.enumerated() {
      if index > 0, !unnamed.isEmpty, parameter.name == Self.target {
        unnamed[0] += " -> \(parameter.form)"
      } else if parameter.name == "over" || (index == 0 && (parameter.isRequired || parameter.mayFollow)) {
        unnamed.append(parameter.form)
      } else {
        named.append(parameter.form)
      }
    }
    return (unnamed + named).joined(separator: ", ")
  }
}

private struct SignatureVisitor: ParameterVisitor {
  var parameters: [NotationSignature.Parameter] = []

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) {
    var (isRequired, mayFollow, form) = (false, false, name)
    let isFlag = Value.self == Bool.self
    switch `default` {
    case .none:
      isRequired = true
    case .successor:
      mayFollow = true
    case .value(let usual):
      // A later default may be this value.
      value = usual
      if !isFlag { form += " \(usual.notation)" }
    }
    parameters.append(
      .init(name: name, isRequired: isRequired, mayFollow: mayFollow, isFlag: isFlag, form: form))
  }
}
