/// The smallest pieces of a notation.
struct NotationToken {
  enum Form: Equatable {
    case number(NotationNumber)
    case word(String)
    /// One of ( ) [ ] , : = * and ->.
    case sign(String)
    /// What begins like a number and is none.
    case malformedNumber(String)
    case unknown(Character)
    case end
  }

  let form: Form
  let offset: Int

  /// The token as it is named in an error.
  var found: String {
    switch form {
    case .number(let number): number.text.quoted
    case .word(let text), .sign(let text), .malformedNumber(let text): text.quoted
    case .unknown(let character): character.isPrintable ? String(character).quoted : "a character that has no picture"
    case .end: "the end"
    }
  }
}

extension String {
  /// The text in quotes, cut off where it is longer than a name could be.
  var quoted: String { count > 60 ? "\"\(prefix(59))…\"" : "\"\(self)\"" }
}

extension Character {
  /// Whether printing it shows something, and does nothing else to a terminal.
  var isPrintable: Bool {
    guard let scalar = unicodeScalars.first, unicodeScalars.count == 1 else { return !isNewline }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return false
    default: return true
    }
  }
}
