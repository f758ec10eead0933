/// Cuts a text into tokens. Whatever the text is, there are tokens for it: only the parser refuses, at the first one
/// that it cannot use.
struct NotationScanner {
  private let characters: [Character]
  private var index = 0

  init(_ text: String) { characters = Array(text) }

  mutating func next() -> NotationToken {
    skip { $0.isWhitespace }
    let start = index
    return NotationToken(form: form(), offset: start)
  }

  private mutating func form() -> NotationToken.Form {
    guard let character = peek() else { return .end }
    if startsNumber { return number() }
    if character.isLetter { return wordForm(word()) }
    index += 1
    switch character {
    case "-" where peek() == ">":
      index += 1
      return .sign("->")
    case "(", ")", "[", "]", ",", ":", "=", "*":
      return .sign(String(character))
    default:
      return .unknown(character)
    }
  }

  private func wordForm(_ word: String) -> NotationToken.Form {
    NotationNumber(word: word).map { .number($0) } ?? .word(word)
  }

  /// Letters and digits; also a hyphen or an underscore between them, so that a misspelt name is one word.
  private mutating func word() -> String {
    let start = index
    skip { $0.isLetter || $0.isNumber }
    while let joint = peek(), joint == "-" || joint == "_", peek(1)?.isLetter == true || peek(1)?.isNumber == true {
      index += 1
      skip { $0.isLetter || $0.isNumber }
    }
    return String(characters[start..<index])
  }

  /// A digit, or a sign or a point before one, or a sign before a word such as "inf".
  private var startsNumber: Bool {
    let sign = peek() == "-" ? 1 : 0
    guard let first = peek(sign) else { return false }
    return first.isDigit || (first == "." && peek(sign + 1)?.isDigit == true) || (sign == 1 && first.isLetter)
  }

  private mutating func number() -> NotationToken.Form {
    let start = index
    if peek() == "-" { index += 1 }
    // A sign within a number follows the exponent's e and precedes a digit: "0.1->0" is not one number.
    while let character = peek() {
      let isExponentSign =
        (character == "-" || character == "+") && (characters[index - 1] == "e" || characters[index - 1] == "E")
        && peek(1)?.isDigit == true && characters[start..<index].contains { $0.isDigit }
      guard character.isLetter || character.isNumber || character == "." || character == "_" || isExponentSign
      else { break }
      index += 1
    }
    let text = String(characters[start..<index])
    return NotationNumber(text).map { .number($0) } ?? .malformedNumber(text)
  }

  private func peek(_ distance: Int = 0) -> Character? {
    index + distance < characters.count ? characters[index + distance] : nil
  }

  private mutating func skip(_ isSkipped: (Character) -> Bool) {
    while let character = peek(), isSkipped(character) { index += 1 }
  }
}

extension Character {
  /// One of 0 to 9; other scripts' digits are not read.
  var isDigit: Bool { isASCII && isWholeNumber }
}
