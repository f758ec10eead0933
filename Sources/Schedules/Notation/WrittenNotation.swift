/// A schedule as text, with what is needed to use the text within another one.
struct WrittenNotation {
  /// How tightly the parts of the text hold together.
  enum Binding: Comparable {
    case chain, product, operand
  }

  var text: String
  var binding = Binding.operand

  /// The text, in parentheses where it would otherwise come apart.
  func text(atLeast least: Binding) -> String {
    binding < least ? "(\(text))" : text
  }
}

extension Schedule {
  func notation(before following: Double? = nil, atLeast least: WrittenNotation.Binding) -> String {
    kind.notation(before: following).text(atLeast: least)
  }
}

extension StoredKind {
  static var notationForm: String { "\(notationName)(\(NotationSignature(of: Self.self).form))" }
}

extension ScheduleKind {
  func notation(before following: Double?) -> WrittenNotation {
    call(before: following)
  }

  /// The kind as a call, which every kind can be written as.
  func call(before following: Double?) -> WrittenNotation {
    var kind = self
    var visitor = WritingVisitor(following: following)
    kind.visitParameters(&visitor)
    return WrittenNotation(text: "\(Self.notationName)(\(visitor.arguments.joined(separator: ", ")))")
  }
}

private struct WritingVisitor: ParameterVisitor {
  let following: Double?
  private var unnamed: [String] = []
  private var named: [String] = []
  private var isFirst = true

  init(following: Double?) { self.following = following }

  var arguments: [String] { unnamed + named }

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) {
    defer { isFirst = false }
    let text = value.notation
    if name == NotationSignature.target, !isFirst, !unnamed.isEmpty {
      unnamed[0] += " -> \(text)"
      return
    }
    switch `default` {
    case .value(let usual) where usual.notation == text:
      return
    case .successor where following?.notation == text:
      return
    case .value:
      named.append(value is Bool ? (text == "true" ? name : "\(name) \(text)") : "\(name) \(text)")
    case .none, .successor:
      if isFirst || name == "over" || value is Schedule {
        unnamed.append(text)
      } else {
        named.append("\(name) \(text)")
      }
    }
  }
}
