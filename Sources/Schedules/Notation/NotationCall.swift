/// A call: the name of a kind and, for its parameters, what stands in the parentheses.
struct NotationCall {
  private let node: NotationNode
  private let reader: NotationReader
  private let kind: any StoredKind.Type
  private let signature: NotationSignature
  private var given: [String: NotationNode] = [:]

  /// Finds out which argument is for which parameter.
  init(
    _ name: String, _ arguments: [NotationNode.Argument], of node: NotationNode, by reader: NotationReader
  ) throws(NotationFault) {
    guard let kind = ScheduleKinds.named(name) else {
      throw NotationFault(.unknownSchedule(name, nearest: ScheduleKinds.nearest(to: name)), at: node.offset)
    }
    (self.node, self.reader, self.kind) = (node, reader, kind)
    signature = NotationSignature(of: kind)
    var unnamed: [NotationNode] = []
    for argument in arguments {
      if let name = argument.name {
        try give(argument.value, to: name.text, at: name.offset)
      } else if case .word(let word) = argument.value.form, signature[word] != nil || ScheduleKinds.named(word) == nil {
        try giveFlag(word, at: argument.value)
      } else {
        unnamed.append(argument.value)
      }
      guard let target = argument.target else { continue }
      guard signature.positional.first?.name != NotationSignature.target else {
        throw NotationFault(.unexpected(found: "\"->\"", expected: ["\")\"", "\",\""]), at: target.offset)
      }
      try give(target.value, to: NotationSignature.target, at: target.offset)
    }
    try give(unnamed)
  }

  private mutating func give(
    _ value: NotationNode, to name: String, at offset: Int
  ) throws(NotationFault) {
    guard signature[name] != nil else {
      let names = signature.parameters.map(\.name)
      throw NotationFault(
        .unknownParameter(name, of: kind.notationName, nearest: names.nearest(to: name), known: names), at: offset)
    }
    guard given.updateValue(value, forKey: name) == nil else {
      throw NotationFault(.parameterGivenTwice(name, of: kind.notationName), at: offset)
    }
  }

  /// A word alone is the name of something that is true.
  private mutating func giveFlag(_ word: String, at value: NotationNode) throws(NotationFault) {
    if let parameter = signature[word], !parameter.isFlag {
      throw NotationFault(
        .unexpected(found: "only its name", expected: ["a value for \(word) of \(kind.notationName)"]),
        at: value.offset)
    }
    let yes = NotationNode(form: .word("true"), offset: value.offset, end: value.end, depth: 1)
    try give(yes, to: word, at: value.offset)
  }

  /// Values without a name are for the parameters without a default that have not been given, in their order. One too
  /// few, and the value that can be taken from what follows is the one that is missing.
  private mutating func give(_ values: [NotationNode]) throws(NotationFault) {
    let positional = signature.positional.filter { given[$0.name] == nil }
    let certain = positional.filter { !$0.mayFollow }
    let taken = values.count <= certain.count ? certain : positional
    guard values.count <= taken.count else {
      throw NotationFault(
        .tooManyValues(of: kind.notationName, positional: signature.positionalForm),
        at: values[taken.count].offset)
    }
    for (parameter, value) in zip(taken, values) { try give(value, to: parameter.name, at: value.offset) }
  }

  /// The schedule, its missing parameters at their defaults.
  func schedule(before following: Double?) throws(NotationFault) -> Schedule {
    var made: any StoredKind = kind.init()
    var visitor = FillingVisitor(
      given: given, kind: kind.notationName, end: node.end, following: following, reader: reader)
    try made.visitParameters(&visitor)
    return try reader.validated(Schedule(made)) { given[$0]?.offset ?? node.offset }
  }
}

private struct FillingVisitor: ParameterVisitor {
  let given: [String: NotationNode]
  let kind: String
  let end: Int
  let following: Double?
  let reader: NotationReader

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) throws(NotationFault) {
    if let node = given[name] {
      value = try Value.read(node, for: "\(name) of \(kind)", by: reader)
      return
    }
    switch `default` {
    case .value(let usual):
      value = usual
    case .successor:
      guard let following = following as? Value else {
        throw NotationFault(.missingParameter(name, of: kind, mayFollow: true), at: end)
      }
      value = following
    case .none:
      throw NotationFault(.missingParameter(name, of: kind, mayFollow: false), at: end)
    }
  }
}
