public import ArgumentParser
public import Descent

/// The ways to search for a rate.
enum SearchKind: String, ExpressibleByArgument, CaseIterable {
  case grid, random
  case quasiRandom = "quasi-random"
  case range, halving, hyperband

  /// The options that it reads, beside --search and --learning-rate.
  var options: [String] {
    switch self {
    case .grid: ["--points"] + Self.validation
    case .random, .quasiRandom: ["--trials"] + Self.validation
    case .halving: ["--trials", "--min-epochs", "--reduction"] + Self.validation
    case .hyperband: ["--min-epochs", "--reduction"] + Self.validation
    case .range: ["--points", "--passes", "--smoothing"]
    }
  }

  private static let validation = ["--folds", "--fold-kind", "--log", "--resume"]
}

extension Folds.Kind: ExpressibleByArgument, CaseIterable {
  /// Those that a word can ask for: groups of rows would have to be named by a column.
  public static var allCases: [Folds.Kind] { [.stratified, .interleaved, .contiguous] }

  /// Reads one of these words.
  public init?(argument: String) {
    guard let kind = Self.allCases.first(where: { $0.rawValue == argument }) else { return nil }
    self = kind
  }
}

/// What is tried, and how it is judged.
struct TuneOptions: ParsableArguments {
  @Option(help: "How the rates are searched.")
  var search = SearchKind.grid

  @Option(
    help: ArgumentHelp(
      "The rates: a range 1e-4..10, or a list 0.01,0.1,1 for grid and halving. If not given, decades around 1/L, from "
        + "the data.",
      valueName: "rates"),
    transform: { text in try RateCandidates(text) })
  var learningRate: RateCandidates?

  @Option(help: ArgumentHelp("The rates of grid (default 11) and of range (default 100).", valueName: "n"))
  var points: Int?

  @Option(help: ArgumentHelp("The rates of random, quasi-random and halving (default 27).", valueName: "n"))
  var trials: Int?

  @Option(
    help: ArgumentHelp("The least epochs of halving and hyperband (default --epochs / 27, rounded up).", valueName: "n")
  )
  var minEpochs: Int?

  @Option(help: ArgumentHelp("One in so many rates goes on to so many times the epochs (default 3).", valueName: "n"))
  var reduction: Int?

  @Option(help: ArgumentHelp("The number of folds (default 5).", valueName: "k"))
  var folds: Int?

  @Option(
    help: ArgumentHelp(
      "How rows are dealt out: stratified (default for classifiers), interleaved (every k-th row; default for linear), "
        + "contiguous (blocks, for rows in the order of time).",
      valueName: "kind"))
  var foldKind: Folds.Kind?

  @Option(help: ArgumentHelp("Keep every fit in this file as it ends.", valueName: "file"), completion: .file())
  var log: String?

  @Option(
    help: ArgumentHelp("Go on with the search that this file was the --log of.", valueName: "file"), completion: .file()
  )
  var resume: String?

  @Option(
    help: ArgumentHelp("The runs that range averages, each in another order of the rows (default 1).", valueName: "n"))
  var passes: Int?

  @Option(
    help: ArgumentHelp(
      "β of range's moving average (default 0.9 for mini-batches, 0 for the full batch, whose loss has no noise).",
      valueName: "beta"))
  var smoothing: Double?

  func validate() throws {
    if let option = given.first(where: { !search.options.contains($0) }) {
      let readers = SearchKind.allCases.filter { $0.options.contains(option) }.map(\.rawValue)
      throw ValidationError(
        "\(option) has no effect with --search \(search.rawValue); leave it out, or take \(readers.joined(separator: " or "))"
      )
    }
    for (option, value) in [
      ("--points", points), ("--trials", trials), ("--min-epochs", minEpochs), ("--passes", passes),
    ] {
      try OptionCheck.atLeast(1, option, value, most: 10_000_000)
    }
    try OptionCheck.atLeast(2, "--folds", folds)
    try OptionCheck.atLeast(2, "--reduction", reduction)
    if search == .range, let points, points < 2 {
      throw ValidationError("--points is \(points); a range test needs at least 2 rates")
    }
    if case .list = learningRate, search != .grid && search != .halving {
      throw ValidationError("--search \(search.rawValue) takes the rates from a range, as in --learning-rate 1e-4..10")
    }
    if case .list = learningRate, let option = ["--points", "--trials"].first(where: given.contains) {
      throw ValidationError("\(option) has no effect with a list of rates; leave it out, or give a range")
    }
    if let log { try OutputFile.check(log, option: "--log") }
    if log != nil && resume != nil {
      throw ValidationError("give --log for a new search or --resume to go on, not both")
    }
  }

  /// The options that were given, of those that not every search reads.
  private var given: [String] {
    let all: [(String, Any?)] = [
      ("--points", points), ("--trials", trials), ("--min-epochs", minEpochs), ("--reduction", reduction),
      ("--folds", folds), ("--fold-kind", foldKind), ("--log", log), ("--resume", resume), ("--passes", passes),
      ("--smoothing", smoothing),
    ]
    return all.filter { $0.1 != nil }.map(\.0)
  }

  /// The search over some rates, whose fits take so many epochs at most. The rates of halving and hyperband are
  /// quasi-random: of few points in one dimension none should lie beside another.
  func search(_ rates: RateCandidates, epochs: Int) -> Search {
    let trials = trials ?? 27
    let (least, factor) = (minEpochs ?? (epochs + 26) / 27, reduction ?? 3)
    switch search {
    case .grid, .range: return .grid(points: points ?? 11)
    case .random: return .random(trials: trials)
    case .quasiRandom: return .quasiRandom(trials: trials)
    case .halving:
      let sampled: Search = if case .list = rates { .grid(points: 1) } else { .quasiRandom(trials: trials) }
      return sampled.halving(from: least, to: epochs, factor: factor)
    case .hyperband: return .hyperband(from: least, to: epochs, factor: factor, sampling: .quasiRandom)
    }
  }
}

/// What is shown and kept of a search.
struct TuneOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Draw the loss over the rate (SVG, by gnuplot).", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @OptionGroup var result: ResultOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let plot { try OutputFile.checkPicture(plot, option: "--plot") }
  }
}
