/// Takes a text apart by the grammar, which knows calls and operators and no kind of schedule.
struct NotationParser {
  /// Enough for people, and far from the end of any thread's stack.
  static let deepest = 100

  private var scanner: NotationScanner
  private var token: NotationToken
  private var next: NotationToken
  private var nesting = 0

  init(_ text: String) {
    scanner = NotationScanner(text)
    token = scanner.next()
    next = scanner.next()
  }

  /// The whole text as one schedule.
  mutating func parse() throws(NotationFault) -> NotationNode {
    let node = try schedule(expecting: "a schedule")
    guard token.form == .end else { throw unexpected(["\"then\"", "\"*\"", "the end"]) }
    return node
  }

  private mutating func schedule(expecting expected: String) throws(NotationFault) -> NotationNode {
    let first = try product(expecting: expected)
    var length = try length()
    var parts = [NotationNode.Part(schedule: first, length: length, join: first.offset)]
    var depth = first.depth
    while isWord("then") {
      let join = token.offset
      advance()
      let next = try product(expecting: "a schedule")
      depth = 1 + max(depth, next.depth)
      guard depth <= Self.deepest else { throw tooDeep(at: join) }
      length = try self.length()
      parts.append(NotationNode.Part(schedule: next, length: length, join: join))
    }
    guard length == nil else { throw unexpected(["\"then\""]) }
    return parts.count == 1 ? first : try node(.chain(parts), at: first.offset, depth: depth)
  }

  private mutating func length() throws(NotationFault) -> NotationNode? {
    guard isWord("for") else { return nil }
    advance()
    return try operand(expecting: "a number of steps")
  }

  private mutating func product(expecting expected: String) throws(NotationFault) -> NotationNode {
    var left = try operand(expecting: expected)
    while isSign("*") {
      advance()
      let right = try operand(expecting: "a schedule")
      left = try node(.product(left, right), at: left.offset, depth: 1 + max(left.depth, right.depth))
    }
    return left
  }

  /// Also takes the words and lists that only arguments can be: what was meant is known to whoever asks for it.
  private mutating func operand(expecting expected: String) throws(NotationFault) -> NotationNode {
    let start = token.offset
    switch token.form {
    case .number(let number):
      advance()
      return try node(.number(number), at: start, depth: 1)
    case .word("per") where next.form == .word("epoch"):
      return try perEpoch()
    case .word(let name) where next.form == .sign("("):
      return try call(name)
    case .word(let word) where word != "then" && word != "for":
      advance()
      return try node(.word(word), at: start, depth: 1)
    case .sign("["):
      return try list()
    case .sign("("):
      try descend()
      let inner = try schedule(expecting: "a schedule")
      try expect(")")
      nesting -= 1
      return inner
    default:
      throw unexpected([expected])
    }
  }

  private mutating func perEpoch() throws(NotationFault) -> NotationNode {
    let start = token.offset
    try descend()
    advance()
    let steps = try operand(expecting: "a number of steps")
    try expect(":")
    let base = try schedule(expecting: "a schedule")
    nesting -= 1
    return try node(.perEpoch(steps: steps, base: base), at: start, depth: 1 + max(steps.depth, base.depth))
  }

  private mutating func call(_ name: String) throws(NotationFault) -> NotationNode {
    let start = token.offset
    // The name in its parentheses may be any text.
    guard name != Custom.name else { throw NotationFault(.closure, at: start) }
    advance()
    try descend()
    var arguments: [NotationNode.Argument] = []
    var depth = 1
    while !isSign(")") {
      let argument = try argument()
      arguments.append(argument)
      depth = max(depth, 1 + argument.value.depth, 1 + (argument.target?.value.depth ?? 0))
      if isSign(")") { break }
      try expect(",", or: ")")
      if isSign(")") { throw unexpected(["a value"]) }
    }
    let end = token.offset
    try expect(")")
    nesting -= 1
    return try node(.call(name, arguments), at: start, to: end, depth: depth)
  }

  private mutating func argument() throws(NotationFault) -> NotationNode.Argument {
    var name: (String, Int)?
    if case .word(let word) = token.form, isName(word) {
      name = (word, token.offset)
      advance()
      if isSign(":") || isSign("=") { advance() }
    }
    let value = try schedule(expecting: "a value")
    guard isSign("->") else { return NotationNode.Argument(name: name, value: value, target: nil) }
    let arrow = token.offset
    advance()
    return NotationNode.Argument(name: name, value: value, target: (try schedule(expecting: "a value"), arrow))
  }

  /// Whether a word is the name of the value that stands behind it.
  private func isName(_ word: String) -> Bool {
    switch next.form {
    case .number, .sign("["), .sign(":"), .sign("="): true
    case .word("then"), .word("for"): false
    case .word("epoch"): word != "per"
    case .word: true
    default: false
    }
  }

  private mutating func list() throws(NotationFault) -> NotationNode {
    let start = token.offset
    try descend()
    var elements: [NotationNode] = []
    var depth = 1
    while !isSign("]") {
      let element = try schedule(expecting: "a value")
      elements.append(element)
      depth = max(depth, 1 + element.depth)
      if isSign("]") { break }
      try expect(",", or: "]")
      if isSign("]") { throw unexpected(["a value"]) }
    }
    try expect("]")
    nesting -= 1
    return try node(.list(elements), at: start, depth: depth)
  }

  // MARK: - Tokens

  private mutating func advance() {
    token = next
    next = scanner.next()
  }

  private func isWord(_ word: String) -> Bool { token.form == .word(word) }
  private func isSign(_ sign: String) -> Bool { token.form == .sign(sign) }

  private mutating func expect(_ sign: String, or other: String? = nil) throws(NotationFault) {
    guard isSign(sign) else { throw unexpected([other, sign].compactMap { $0.map { "\"\($0)\"" } }) }
    advance()
  }

  // MARK: - Faults

  /// What is wrong with the token that stands here.
  private func unexpected(_ expected: [String]) -> NotationFault {
    if case .malformedNumber(let text) = token.form { return NotationFault(.notANumber(text), at: token.offset) }
    return NotationFault(.unexpected(found: token.found, expected: expected), at: token.offset)
  }

  private func tooDeep(at offset: Int) -> NotationFault {
    NotationFault(.nestedTooDeeply(limit: Self.deepest), at: offset)
  }

  private mutating func descend() throws(NotationFault) {
    nesting += 1
    guard nesting <= Self.deepest else { throw tooDeep(at: token.offset) }
    advance()
  }

  private func node(
    _ form: NotationNode.Form, at offset: Int, to end: Int? = nil, depth: Int
  ) throws(NotationFault) -> NotationNode {
    guard depth <= Self.deepest else { throw tooDeep(at: offset) }
    return NotationNode(form: form, offset: offset, end: end ?? offset, depth: depth)
  }
}
