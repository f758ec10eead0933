internal import ArgumentParser
internal import Descent

/// What becomes of the learning rate during a fit: one of the kinds with a name, around a rate, or a schedule in full.
enum FitSchedule {
  case kind(ScheduleKindOption)
  case notation(Schedule)

  /// Reads the value of --schedule: a name, or else the notation.
  init(_ text: String) throws(ValidationError) {
    if let kind = ScheduleKindOption(rawValue: text) {
      self = .kind(kind)
      return
    }
    // A lone word is a name with a slip in it; what is said of it should be about the names.
    if text.allSatisfy({ $0.isLetter || $0 == "-" }) {
      let names = ScheduleKindOption.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "--schedule is \"\(text)\"; it is one of \(names), or a schedule in the notation of \"descent schedule\", as in "
          + "\"cosine(0.1 -> 0, 9500)\"")
    }
    do throws(NotationError) {
      self = .notation(try Schedule(notation: text))
    } catch {
      throw ValidationError("--schedule: \(error)")
    }
  }

  var isNotation: Bool { if case .notation = self { true } else { false } }
}

/// The kinds of schedule that have a name, and options of their own.
enum ScheduleKindOption: String, CaseIterable {
  case constant, linear, polynomial, timeBased = "time-based", cosine, plateau, normBased = "norm-based", random

  /// The options that it reads.
  var options: [String] {
    switch self {
    case .constant: ["--warmup"]
    case .linear, .cosine: ["--warmup", "--final-rate"]
    case .polynomial: ["--warmup", "--final-rate", "--power"]
    case .timeBased: ["--warmup", "--decay", "--power"]
    case .plateau: ["--warmup", "--factor", "--patience"]
    case .normBased, .random: ["--warmup", "--rate-cap"]
    }
  }
}
