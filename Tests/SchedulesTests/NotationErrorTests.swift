import Foundation
import Schedules
import Testing

/// Each mistake is told with its place and with what was expected.
@Suite struct NotationErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let text: String
    let column: Int
    let problem: NotationError.Problem
    var testDescription: String { text }

    init(_ text: String, _ column: Int, _ problem: NotationError.Problem) {
      (self.text, self.column, self.problem) = (text, column, problem)
    }

    /// Something else was expected.
    init(_ text: String, _ column: Int, _ found: String, expected: String...) {
      self.init(text, column, .unexpected(found: found, expected: expected))
    }
  }

  @Test(arguments: [
    // The form.
    Mistake("", 1, "the end", expected: "a schedule"), Mistake("   ", 4, "the end", expected: "a schedule"),
    Mistake("cosine(0.1 -> 0 9500)", 17, "\"9500\"", expected: "\")\"", "\",\""),
    Mistake("cosine(0.1 -> 0, 9500", 22, "the end", expected: "\")\"", "\",\""),
    Mistake("cosine(0.1, 9500))", 18, "\")\"", expected: "\"then\"", "\"*\"", "the end"),
    Mistake("cosine(, 5)", 8, "\",\"", expected: "a value"), Mistake("cosine(1, )", 11, "\")\"", expected: "a value"),
    Mistake("cosine(1 ->, 5)", 12, "\",\"", expected: "a value"),
    Mistake("milestones(1, at [1 2])", 21, "\"2\"", expected: "\"]\"", "\",\""),
    Mistake("0.1 0.2", 5, "\"0.2\"", expected: "\"then\"", "\"*\"", "the end"),
    Mistake("0.1 + 0.2", 5, "\"+\"", expected: "\"then\"", "\"*\"", "the end"),
    Mistake("0.1 then", 9, "the end", expected: "a schedule"),
    Mistake("then 0.1", 1, "\"then\"", expected: "a schedule"),
    Mistake("0.1 *", 6, "the end", expected: "a schedule"),
    Mistake("0.1 for 30", 11, "the end", expected: "\"then\""),
    Mistake("0.1 for then 2", 9, "\"then\"", expected: "a number of steps"),
    Mistake("1 for 2 then 3 for 4", 21, "the end", expected: "\"then\""),
    Mistake("per epoch: 1", 10, "\":\"", expected: "a number of steps"),
    Mistake("per epoch 5 1", 13, "\"1\"", expected: "\":\""), Mistake("(0.1", 5, "the end", expected: "\")\""),
    Mistake("0.1\u{301}", 1, .notANumber("0.1\u{301}")), Mistake("→", 1, "\"→\"", expected: "a schedule"),
    Mistake("\u{1B}", 1, "a character that has no picture", expected: "a schedule"),

    // Numbers.
    Mistake("10kb", 1, .notANumber("10kb")), Mistake("1e", 1, .notANumber("1e")), Mistake("1.", 1, .notANumber("1.")),
    Mistake("1__0", 1, .notANumber("1__0")), Mistake("1_", 1, .notANumber("1_")),
    Mistake("0x10", 1, .notANumber("0x10")),
    Mistake("2 * 1.2.3", 5, .notANumber("1.2.3")), Mistake("-x", 1, .notANumber("-x")),
    Mistake("cosine(0.1 -> 0, 5 k)", 20, "\"k\"", expected: "\")\"", "\",\""),
    Mistake("1e400", 1, .numberOutOfRange("1e400")), Mistake("1e-400", 1, .numberOutOfRange("1e-400")),
    Mistake("1e99999999999999999999", 1, .numberOutOfRange("1e99999999999999999999")),
    Mistake("shift(1, 9223372036854775808)", 10, .numberOutOfRange("9223372036854775808")),
    Mistake("shift(1, 1e19)", 10, .numberOutOfRange("1e19")),
    Mistake("cosine(1, 9.5)", 11, "\"9.5\"", expected: "a whole number for over of cosine"),
    Mistake("cosine(1, inf)", 11, "\"inf\"", expected: "a whole number for over of cosine"),

    // Names.
    Mistake("cosin(0.1, 5)", 1, .unknownSchedule("cosin", nearest: "cosine")),
    Mistake("one-cycle(0.1, 5)", 1, .unknownSchedule("one-cycle", nearest: "oneCycle")),
    Mistake("2 * warm_restarts(1, 5)", 5, .unknownSchedule("warm_restarts", nearest: "warmRestarts")),
    Mistake("Exp(1, 5)", 1, .unknownSchedule("Exp", nearest: "exponential")),
    Mistake("clampd(1)", 1, .unknownSchedule("clampd", nearest: "clamp")),
    Mistake("minimun(1, 2)", 1, .unknownSchedule("minimun", nearest: "min")),
    Mistake("wramup(1, 2)", 1, .unknownSchedule("wramup", nearest: "warmup")),
    Mistake("triangle(1)", 1, .unknownSchedule("triangle", nearest: nil)),
    Mistake("fast", 1, .unknownSchedule("fast", nearest: nil)),
    Mistake("cosine", 1, "only its name", expected: "cosine with its parameters in parentheses"),
    Mistake("min(noam, 1)", 5, "only its name", expected: "noam with its parameters in parentheses"),
    Mistake(
      "cosine(0.1, 5, pwoer 2)", 16,
      .unknownParameter("pwoer", of: "cosine", nearest: "power", known: ["from", "to", "over", "power"])),
    Mistake(
      "cosine(0.1, 5, staircase)", 16,
      .unknownParameter("staircase", of: "cosine", nearest: nil, known: ["from", "to", "over", "power"])),
    Mistake(
      "step(0.1 -> 0, 5)", 10,
      .unknownParameter("to", of: "step", nearest: nil, known: ["from", "factor", "every"])),
    Mistake("cosine(0.1, 5, power)", 16, "only its name", expected: "a value for power of cosine"),

    // Too few and too many.
    Mistake("cosine(0.1 -> 0)", 16, .missingParameter("over", of: "cosine", mayFollow: false)),
    Mistake("cosine()", 8, .missingParameter("from", of: "cosine", mayFollow: false)),
    Mistake("linear(0.1, 5)", 14, .missingParameter("to", of: "linear", mayFollow: false)),
    Mistake("warmup(500)", 11, .missingParameter("to", of: "warmup", mayFollow: true)),
    Mistake("2 * warmup(500) then 1", 15, .missingParameter("to", of: "warmup", mayFollow: true)),
    Mistake("cosine(1, 5, over 6)", 11, .tooManyValues(of: "cosine", positional: ["from -> to", "over"])),
    Mistake("cosine(1, from 6, 5, over 7)", 8, .tooManyValues(of: "cosine", positional: ["from -> to", "over"])),
    Mistake("cosine(1, 5, power 6, power 7)", 23, .parameterGivenTwice("power", of: "cosine")),
    Mistake("cosine(1 -> 2, 5, to 3)", 19, .parameterGivenTwice("to", of: "cosine")),
    Mistake("cosine(1, 5, 2)", 14, .tooManyValues(of: "cosine", positional: ["from -> to", "over"])),
    Mistake("min(1, 2, 3)", 11, .tooManyValues(of: "min", positional: ["first", "second"])),
    Mistake("linear(0.1, 0.01, 1000)", 19, .tooManyValues(of: "linear", positional: ["from -> to", "over"])),
    Mistake("warmup(0 -> 0.1, 500)", 10, "\"->\"", expected: "\")\"", "\",\""),
    Mistake("0.1 then 0.2", 5, .endless), Mistake("1 for 5 then noam(4) then 2", 22, .endless),
    Mistake("1 for nil then 2", 7, "\"nil\"", expected: "a whole number for the steps after \"for\""),
    Mistake("1 for -5 then 2", 7, "\"-5\"", expected: "a number of steps, at least 0"),

    // Types.
    Mistake("cosine(noam(4), 5)", 8, "\"noam(…)\"", expected: "a number for from of cosine"),
    Mistake("cosine(1 then 2, 5)", 8, "a schedule", expected: "a number for from of cosine"),
    Mistake("milestones(1, [1, [2]])", 19, "a list", expected: "a whole number for at of milestones"),
    Mistake("[1, 2]", 1, "a list", expected: "a schedule"), Mistake("min([1], 2)", 5, "a list", expected: "a schedule"),
    Mistake(
      "oneCycle(1, 9, shape sine)", 22, "\"sine\"",
      expected: "linear or cosine or oneMinusSquareRoot for shape of oneCycle"),
    Mistake("polynomial(1, 9, cycle 1)", 24, "\"1\"", expected: "true or false for cycle of polynomial"),
    Mistake(
      "cyclic(0 -> 1, amplitude exponential(1, 2))", 26, "\"exponential(…)\"",
      expected: "constant, halving or exponential(factor) for amplitude of cyclic"),
    Mistake("custom(mine)", 1, .closure), Mistake("2 * custom(\"\u{0}", 5, .closure),
  ])
  func isToldWithItsPlace(_ mistake: Mistake) throws {
    let error = try #require(throws: NotationError.self) { try Schedule(notation: mistake.text) }
    #expect(error.problem == mistake.problem, "\(error)")
    #expect(error.column == mistake.column && error.line == 1, "\(error)")
    #expect(error.notation == mistake.text)
    let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.count == 3 && lines[1] == "  \(mistake.text.replacing("\u{0}", with: " ").replacing("\u{1B}", with: " "))",
      "\(error)")
    #expect(lines[0].contains("column \(mistake.column)"), "\(error)")
    #expect(lines[2] == String(repeating: " ", count: mistake.column + 1) + "^", "\(error)")
  }

  /// What `validate()` refuses is refused with its column.
  @Test(arguments: [
    ("-0.1", 1, "value"), ("inf", 1, "value"), ("cosine(0.1, 0)", 13, "over"), ("cosine(-1, 5)", 8, "from"),
    ("cosine(1 -> nan, 5)", 13, "to"), ("2 * cosine(1, 5, power 0)", 24, "power"),
    ("decrement(0.1, 1, floor 0.2)", 25, "floor"), ("milestones(1, at [5, 3])", 18, "at"),
    ("-2 * noam(4)", 1, "by"), ("noam(4) * -2", 11, "by"), ("per epoch 0: 1", 11, "of"), ("repeat(1, 0)", 11, "every"),
    ("clamp(1, min 2, max 1)", 21, "max"), ("clamp(1, min inf)", 14, "min"), ("oneCycle(1, 9, rise 0.95)", 21, "rise"),
    // Its default is the fault, so the call is shown.
    ("oneCycle(1, 9) then 0 * oneCycleMomentum(3, phases three)", 25, "rise"),
    ("piecewise(1, [1, 2], [3])", 22, "values"), ("warmup(5) then (3 for 2 then -1)", 30, "value"),
    ("cyclic(0 -> 1, amplitude exponential(2))", 26, "amplitude"),
  ])
  func aParameterOutOfRangeIsToldWithItsPlace(_ text: String, _ column: Int, _ parameter: String) throws {
    let error = try #require(throws: NotationError.self) { try Schedule(notation: text) }
    guard case .invalidParameter(.invalidParameter(_, let name, _, _)) = error.problem else {
      Issue.record("\(error)")
      return
    }
    #expect(name == parameter && error.column == column, "\(error)")
    let schedule = try Schedule(notation: text, validating: false)
    #expect(throws: ScheduleError.self) { try schedule.validate() }
  }

  @Test func messagesSayWhatToDo() throws {
    let messages = [
      (
        "cosine(0.1 0 9500)",
        "expected \")\" or \",\" at column 12, but there is \"0\"\n  cosine(0.1 0 9500)\n             ^"
      ),
      ("cosin(0.1, 5)", "no schedule is called \"cosin\", at column 1; did you mean \"cosine\"?\n  cosin(0.1, 5)\n  ^"),
      (
        "warmup(500)",
        "warmup needs \"to\" at column 11, unless it is followed by \"then\" and a schedule to take it from"
      ),
      (
        "0.1 then 2",
        "what \"then\" at column 5 follows has no end of its own; say how long it is, as in \"0.1 for 500 then\""
      ),
      ("fast(3)", "there are constant, linear,"), ("cosine(0, 1, x 2)", "it has from, to, over and power"),
      ("cosine(1, 2, 3)", "without a name cosine takes only from -> to and over"), ("10kb", "10k, 2M"),
      ("cosine(0.1, 0)", "over of cosine at column 13 is 0, but must be at least 1"),
    ]
    for (text, message) in messages {
      let error = try #require(throws: NotationError.self) { try Schedule(notation: text) }
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test func theLineOfALongTextIsShown() throws {
    let text = "warmup(500)\n  then\r\n\tcosin(1, 5)\nthen 3"
    let error = try #require(throws: NotationError.self) { try Schedule(notation: text) }
    #expect(error.line == 3 && error.column == 2)
    #expect("\(error)".hasSuffix("at line 3, column 2; did you mean \"cosine\"?\n   cosin(1, 5)\n   ^"), "\(error)")

    let long = String(repeating: "1 for 2 then ", count: 30) + "x" + String(repeating: " then 2", count: 30)
    let lines = "\(try #require(throws: NotationError.self) { try Schedule(notation: long) })".split(separator: "\n")
      .map(Array.init)
    let caret = lines[2].firstIndex(of: "^")!
    #expect(lines[1].count <= 104 && lines[1][caret] == "x" && lines[1][2] == "…" && lines[1].last == "…")
    let end = String(repeating: "1 for 2 then ", count: 30)
    let atEnd = "\(try #require(throws: NotationError.self) { try Schedule(notation: end) })".split(separator: "\n")
    #expect(atEnd[2].count == atEnd[1].count + 1)
  }

  /// The deepest schedules there may be do not need more stack than the smallest that threads have, 512 KiB on macOS.
  @Test func theDeepestNeedsLittleStack() async throws {
    let texts = [("2 * (", ")"), ("repeat(", ", 5)"), ("per epoch 5: ", ""), ("1 for 2 then (", ")"), ("min(2, ", ")")]
      .map {
        $0.0.repeated(99) + "1" + $0.1.repeated(99)
      }
    let failures = await withCheckedContinuation { continuation in
      let thread = Thread {
        let failures = texts.filter { text in
          guard let schedule = try? Schedule(notation: text), schedule.value(after: 1_000) <= 2.0e30 else {
            return true
          }
          return (try? Schedule(notation: schedule.notation)) != schedule
        }
        continuation.resume(returning: failures)
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    #expect(failures.isEmpty)
  }

  @Test func nestingIsLimited() throws {
    let limit = 100
    for (opening, leaf, closing) in [
      ("(", "1", ")"), ("2 * (", "1", ")"), ("repeat(", "1", ", 5)"), ("per epoch 5: ", "1", ""),
      ("1 for 2 then ", "1", ""),
      ("2 * ", "1", ""), ("1 for 2 then (", "1", ")"), ("milestones(1, [", "1", "])"), ("[", "1", "]"),
      ("x(y ", "1", ")"),
    ] {
      for count in [limit - 2, limit + 1, 100_000] {
        let text = String(repeating: opening, count: count) + leaf + String(repeating: closing, count: count)
        let read = Result { try Schedule(notation: text) }
        guard case .failure(let error as NotationError) = read else {
          #expect(count < limit, "\(opening)")
          _ = try read.get().value(after: 5)
          continue
        }
        if count > limit { #expect(error.problem == .nestedTooDeeply(limit: limit), "\(opening): \(error)") }
      }
    }
    let deepest = String(repeating: "2 * (", count: limit - 1) + "1" + String(repeating: ")", count: limit - 1)
    #expect(try Schedule(notation: deepest).notation == "2 * (".repeated(limit - 2) + "2 * 1" + ")".repeated(limit - 2))
  }
}

extension String {
  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
