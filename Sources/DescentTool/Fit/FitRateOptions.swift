internal import ArgumentParser
internal import Descent

/// The learning rate of a fit.
struct FitRateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The learning rate; if not given, 1/L from the data for sgd, and what \"descent rules\" says for others.",
      valueName: "rate"))
  var learningRate: Double?

  @OptionGroup var schedule: FitScheduleOptions

  func validate() throws {
    try OptionCheck.notNegative("--learning-rate", learningRate)
    if let learningRate, try FitSchedule(schedule.schedule).isNotation {
      throw ValidationError(
        "--learning-rate is \(learningRate), but --schedule \"\(schedule.schedule)\" is the whole rate; leave out "
          + "--learning-rate, or take a schedule with a name, such as cosine")
    }
  }
}

/// The options of the learning rate, beside the rate itself.
struct FitScheduleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What becomes of the rate: constant; linear a(1 - t/T); polynomial a(1 - t/T)^p; time-based a/(1 + k t)^p; cosine; "
        + "plateau (falls when the epoch's loss stalls); norm-based a/‖θ‖; random a/√U. Or the notation of \"descent "
        + "schedule\", which then is the whole rate: \"warmup(500) then cosine(0.1 -> 0, 9500)\".",
      valueName: "kind or notation"), completion: .list(ScheduleKindOption.allCases.map(\.rawValue)))
  var schedule = ScheduleKindOption.constant.rawValue

  @Option(help: ArgumentHelp("Steps of linear warm-up before the schedule.", valueName: "steps"))
  var warmup: Int?

  @Option(help: ArgumentHelp("The rate at the end of linear, polynomial and cosine (default 0).", valueName: "rate"))
  var finalRate: Double?

  @Option(help: ArgumentHelp("The p of polynomial (default 2) and time-based (default 1).", valueName: "p"))
  var power: Double?

  @Option(help: ArgumentHelp("The k of time-based, per step (default 0.01).", valueName: "k"))
  var decay: Double?

  @Option(help: ArgumentHelp("What plateau multiplies the rate by (default 0.1).", valueName: "factor"))
  var factor: Double?

  @Option(help: ArgumentHelp("Epochs without improvement before plateau acts (default 10).", valueName: "epochs"))
  var patience: Int?

  @Option(help: ArgumentHelp("The largest rate of norm-based and random, which need it.", valueName: "rate"))
  var rateCap: Double?

  func validate() throws {
    try OptionCheck.atLeast(0, "--warmup", warmup)
    try OptionCheck.notNegative("--final-rate", finalRate)
    try OptionCheck.share("--factor", factor, canBeZero: false)
    try OptionCheck.positive("--rate-cap", rateCap, canBeInfinite: true)
    switch try FitSchedule(schedule) {
    case .notation:
      if let option = given.first {
        throw ValidationError(
          "--schedule \"\(schedule)\" is the whole rate, and \(option) would change it; leave out \(option) and say it in "
            + "the notation, as in \"warmup(500) then cosine(0.1 -> 0, 9500)\"")
      }
    case .kind(let kind):
      if let option = given.first(where: { !kind.options.contains($0) }) {
        let readers = ScheduleKindOption.allCases.filter { $0.options.contains(option) }.map(\.rawValue)
        throw ValidationError(
          "\(option) has no effect with --schedule \(schedule); leave it out, or take \(readers.joined(separator: " or "))"
        )
      }
      if rateCap == nil, kind.options.contains("--rate-cap") {
        throw ValidationError(
          "--schedule \(schedule) needs --rate-cap: without a largest rate a single step can ruin the fit "
            + "(inf is allowed)")
      }
    }
  }

  /// The options that were given.
  private var given: [String] {
    let all: [(String, Any?)] = [
      ("--warmup", warmup), ("--final-rate", finalRate), ("--power", power), ("--decay", decay), ("--factor", factor),
      ("--patience", patience), ("--rate-cap", rateCap),
    ]
    return all.filter { $0.1 != nil }.map(\.0)
  }

  /// The rate of a kind around a rate: warm-up, then the schedule over what is left of the steps.
  func learningRate(_ kind: ScheduleKindOption, from rate: Double, steps: Int, seed: UInt64) -> LearningRate {
    let warmup = self.warmup ?? 0
    let rest = max(1, steps - warmup)
    let main: Schedule =
      switch kind {
      case .constant, .plateau, .normBased, .random: .constant(rate)
      case .linear: .linear(from: rate, to: finalRate ?? 0, over: rest)
      case .polynomial: .polynomial(from: rate, to: finalRate ?? 0, power: power ?? 2, over: rest)
      case .timeBased: .timeBased(from: rate, decay: decay ?? 0.01, power: power ?? 1)
      case .cosine: .cosine(from: rate, to: finalRate ?? 0, over: rest)
      }
    let warmed = warmup == 0 ? main : .warmup(to: rate, over: warmup).then(main)
    return switch kind {
    case .plateau:
      LearningRate(warmed, .plateau(Plateau(.minimize, factor: factor ?? 0.1, patience: patience ?? 10)))
    case .normBased: .normBased(epsilon: warmed, cap: rateCap ?? .infinity)
    case .random: .random(epsilon: warmed, cap: rateCap ?? .infinity, seed: seed)
    default: LearningRate(warmed)
    }
  }
}
