/// Long lines broken between words, so that what goes on stays under what it belongs to.
package enum LineWrap {
  /// Every line with at most `width` characters, but for words that are longer.
  ///
  /// What follows a title (words, and two spaces or more) stays in its column. A command is broken by backslashes, so that
  /// it can still be pasted.
  package static func wrapped(_ text: String, to width: Int?) -> String {
    guard let width else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.count <= width ? String($0) : wrapped(line: $0, to: width) }.joined(separator: "\n")
  }

  private static func wrapped(line: Substring, to width: Int) -> String {
    let indent = hangingIndent(of: line, width: width)
    let isCommand = line.dropFirst(indent).hasPrefix("descent ")
    let margin = String(repeating: " ", count: indent + (isCommand ? 2 : 0))
    let room = width - (isCommand ? 2 : 0)
    let words = parts(of: line.dropFirst(indent), isCommand: isCommand)
    var lines = [String(line.prefix(indent)) + (words.first ?? "")]
    for word in words.dropFirst() {
      if lines[lines.count - 1].count + 1 + word.count <= room {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(margin + word)
      }
    }
    return lines.joined(separator: isCommand ? " \\\n" : "\n")
  }

  /// The words, but that an option stays with its value.
  private static func parts(of text: Substring, isCommand: Bool) -> [String] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return words.indices.reduce(into: []) { parts, index in
      let isValue = isCommand && index > 0 && words[index - 1].hasPrefix("--") && !words[index].hasPrefix("-")
      if isValue { parts[parts.count - 1] += " " + words[index] } else { parts.append(String(words[index])) }
    }
  }

  /// Where the last column of the line begins that leaves room for its text, or else the first word.
  private static func hangingIndent(of line: Substring, width: Int) -> Int {
    let characters = Array(line.prefix(width * 3 / 5))
    let start = characters.firstIndex { $0 != " " } ?? 0
    let columns = characters.indices.dropFirst(start + 2).filter {
      characters[$0] != " " && characters[$0 - 1] == " " && characters[$0 - 2] == " "
    }
    return columns.last ?? start
  }
}
