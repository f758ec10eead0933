import Schedules
import TestSupport
import Testing

/// Whatever the text is, it is read or refused; nothing traps.
@Suite struct NotationFuzzTests {
  static let pieces =
    [
      "0.1", "1", "0", "-1", "500", "1e-3", "10k", "2M", "inf", "-inf", "nan", "1e400", "9223372036854775808", "1_0",
      ".5",
      "(", ")", "[", "]", ",", "->", "*", ":", "=", " ", "\n", "then", "for", "per", "epoch", "nil", "true",
      "staircase",
      "cycle", "shape", "linear", "halving", "to", "from", "over", "every", "power", "factor", "amplitude", "x", "-",
      ".",
      "custom", "_", "\u{301}", "é", "→", "\u{0}", "\"", "'", "٣", "½", "👩‍👩‍👧", "\r\n", "\t",
    ] + Schedule.examples.map(\.kind) + Schedule.examples.map { "\($0.kind)(" }

  /// A text is refused with a place inside it, or gives a good schedule that its own notation leads back to.
  func expectHandled(_ text: String, _ comment: @autoclosure () -> Comment) {
    do throws(NotationError) {
      let schedule = try Schedule(notation: text)
      do {
        try schedule.validate()
      } catch {
        Issue.record("\(error): \(text)", sourceLocation: #_sourceLocation)
      }
      let read = try Schedule(notation: schedule.notation)
      if read != schedule || !(schedule(7) >= 0) { Issue.record("\(comment()): \(text)") }
    } catch {
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      let shown = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
      guard error.notation == text, error.line <= lines.count, error.column >= 1,
        error.column <= lines[error.line - 1].count + 1, shown.count == 3, shown[2].hasSuffix("^")
      else {
        Issue.record("\(comment()): \(error)")
        return
      }
    }
    do throws(NotationError) {
      let schedule = try Schedule(notation: text, validating: false)
      if !schedule(7).isFinite { Issue.record("\(comment()): \(schedule(7))") }
      _ = schedule.duration
    } catch {}
  }

  @Test(arguments: 1...20)
  func randomPiecesAreHandled(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for number in 1...1_000 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in Self.pieces.randomElement(using: &random)! }
      expectHandled(text.joined(separator: Bool.random(using: &random) ? " " : ""), "seed \(seed), text \(number)")
    }
  }

  /// Good texts with a few pieces lost, doubled, exchanged or put in.
  @Test(arguments: 1...20)
  func spoiltTextsAreHandled(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for number in 1...500 {
      var text = Array(random.schedule(depth: 3).notation)
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, place + Int.random(in: 0...4, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: text[place..<end], at: place)
        case 2: text.insert(contentsOf: Array(Self.pieces.randomElement(using: &random)!), at: place)
        default: text.replaceSubrange(place..<end, with: Array(Self.pieces.randomElement(using: &random)!))
        }
      }
      expectHandled(String(text), "seed \(seed), text \(number)")
    }
  }

  @Test(arguments: 1...5)
  func anyCharactersAreHandled(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for number in 1...2_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let range: ClosedRange<UInt32> = [0...127, 0...0xFFFF, 0...0x10FFFF].randomElement(using: &random)!
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
      }
      expectHandled(String(text), "seed \(seed), text \(number)")
    }
  }

  @Test func longTextsAreHandled() {
    for piece in [
      "1", "x", "(", "[", "- ", "->", "1 then ", "2*", "1_", ".", "e", "cosine(1,", "\u{301}", "\n", " ", "é", "0.",
    ] {
      expectHandled(String(repeating: piece, count: 100_000), "many of \(piece)")
      expectHandled("cosine(1 -> 0, 5, " + String(repeating: piece, count: 100_000), "many of \(piece)")
    }
    expectHandled("1e" + String(repeating: "9", count: 100_000), "a large exponent")
    expectHandled("0." + String(repeating: "3", count: 100_000), "a long fraction")
  }
}
