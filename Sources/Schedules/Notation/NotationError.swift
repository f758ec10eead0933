/// What is wrong with a notation, and where.
public struct NotationError: Error, Sendable, Equatable {
  /// The kinds of mistake.
  public enum Problem: Sendable, Equatable {
    /// Something else should stand here; each of `expected` and `found` is a sign in quotes or a description.
    case unexpected(found: String, expected: [String])

    /// This begins like a number and is none.
    case notANumber(String)

    /// A number that is too large to be held, or too near to 0.
    case numberOutOfRange(String)

    /// No kind has this name; one that has nearly this name is `nearest`.
    case unknownSchedule(String, nearest: String?)

    /// The kind has no such parameter; it has those that are `known`.
    case unknownParameter(String, of: String, nearest: String?, known: [String])

    /// The kind cannot do without this parameter. If it `mayFollow`, it can also be the first value of the next schedule.
    case missingParameter(String, of: String, mayFollow: Bool)

    /// The kind was given this parameter before.
    case parameterGivenTwice(String, of: String)

    /// More values without a name than there are parameters that need none, which are `positional`.
    case tooManyValues(of: String, positional: [String])

    /// The schedule before "then" never ends by itself, or is constant.
    case endless

    /// A custom schedule is a closure, which no text stands for.
    case closure

    /// More schedules, lists and parentheses inside each other than the limit.
    case nestedTooDeeply(limit: Int)

    /// A parameter has a value that it must not have.
    case invalidParameter(ScheduleError)
  }

  /// What is wrong.
  public let problem: Problem

  /// The whole text.
  public let notation: String

  /// The line of the text that the problem is in, from 1.
  public let line: Int

  /// The character of that line at which the problem begins, from 1; behind the last one if something is missing.
  public let column: Int

  init(_ fault: NotationFault, in notation: String) {
    problem = fault.problem
    self.notation = notation
    let before = notation.prefix(fault.offset)
    line = 1 + before.count { $0.isNewline }
    column = 1 + before.reversed().prefix { !$0.isNewline }.count
  }
}

extension NotationError: CustomStringConvertible {
  /// What is wrong and what to do, then the line of the text, with a caret below the place.
  public var description: String {
    let place = notation.contains(where: \.isNewline) ? "line \(line), column \(column)" : "column \(column)"
    let (text, caret) = excerpt
    return "\(message(at: place))\n  \(text)\n  \(caret)"
  }

  private func message(at place: String) -> String {
    switch problem {
    case .unexpected(let found, let expected):
      return "expected \(listed(expected, "or")) at \(place), but there is \(found)"
    case .notANumber(let text):
      return "\(text.quoted) at \(place) is no number; numbers are written like 0.1, 1e-3, 3_000, 10k, 2M or inf"
    case .numberOutOfRange(let text):
      return "\(text.quoted) at \(place) is too large, or too near to 0, to be held"
    case .unknownSchedule(let name, let nearest):
      let known = listed(ScheduleKinds.all.map { $0.notationName }, "and")
      return "no schedule is called \(name.quoted), at \(place); "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "there are \(known)")
    case .unknownParameter(let name, let kind, let nearest, let known):
      return "\(kind) has no parameter \(name.quoted), at \(place); "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "it has \(listed(known, "and"))")
    case .missingParameter(let name, let kind, let mayFollow):
      return "\(kind) needs \"\(name)\" at \(place)"
        + (mayFollow ? ", unless it is followed by \"then\" and a schedule to take it from" : "")
    case .parameterGivenTwice(let name, let kind):
      return "\"\(name)\" of \(kind) is given a second time at \(place)"
    case .tooManyValues(let kind, let positional):
      return "expected the name of a parameter at \(place): without a name \(kind) takes "
        + (positional.isEmpty ? "nothing" : "only \(listed(positional, "and"))")
    case .endless:
      return "what \"then\" at \(place) follows has no end of its own; say how long it is, as in \"0.1 for 500 then\""
    case .closure:
      return "a custom schedule, at \(place), is a closure, which no text stands for"
    case .nestedTooDeeply(let limit):
      return "more than \(limit) schedules are inside each other at \(place)"
    case .invalidParameter(.invalidParameter(let kind, let parameter, let value, let requirement)):
      return "\(parameter) of \(kind) at \(place) is \(value), but must be \(requirement)"
    case .invalidParameter(let error):
      return "\(error), at \(place)"
    }
  }

  /// The line, or what of a long one is around the place, and a caret below the place.
  private var excerpt: (text: String, caret: String) {
    let lines = notation.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    // Control characters, tabs among them, would move the caret.
    let characters = lines[line - 1].map { $0.isPrintable ? $0 : " " }
    let start = max(0, min(column - 60, characters.count - 100))
    let end = min(characters.count, start + 100)
    let (head, tail) = (start > 0 ? "…" : "", end < characters.count ? "…" : "")
    let indent = String(repeating: " ", count: column - 1 - start + head.count)
    return (head + String(characters[start..<end]) + tail, indent + "^")
  }
}

/// The words with commas between them, and a conjunction before the last one.
private func listed(_ words: [String], _ conjunction: String) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}
