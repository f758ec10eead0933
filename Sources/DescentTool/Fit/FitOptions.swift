public import ArgumentParser
public import Descent

/// The kinds of model.
enum ModelKind: String, ExpressibleByArgument, CaseIterable, Codable {
  case linear, logistic, softmax
}

/// What is fitted to what.
struct FitModelOptions: ParsableArguments {
  @Option(help: "What is fitted; classes are numbered from 0.")
  var model: ModelKind

  @Option(help: ArgumentHelp("The name of the target column; the last one if not given.", valueName: "name"))
  var target: String?

  @Flag(
    inversion: .prefixedNo, help: "Give every feature mean 0 and standard deviation 1 over the fitted rows.")
  var standardize = false

  @Flag(
    inversion: .prefixedNo, help: "Whether there is an intercept; without it every score is 0 where all features are.")
  var intercept = true

  @Option(help: ArgumentHelp("λ, the L2 penalty on the weights.", valueName: "lambda"))
  var l2 = 0.0

  @Option(help: ArgumentHelp("Set every k-th row aside to judge the fit by.", valueName: "k"))
  var testEvery: Int?

  @Option(help: ArgumentHelp("Which row of every k: those with row mod k = r, from 0.", valueName: "r"))
  var testOffset = 0

  @Option(help: ArgumentHelp("Set this share of the rows aside, drawn by --seed.", valueName: "share"))
  var testFraction: Double?

  @Option(help: "The seed of the split, of the order of the rows and of random rates.")
  var seed: UInt64 = 1

  @Flag(help: "Read the file even if it seems to need more memory than is free.")
  var ignoreMemory = false

  func validate() throws {
    try OptionCheck.notNegative("--l2", l2)
    try OptionCheck.atLeast(2, "--test-every", testEvery)
    if let testEvery, !(0..<testEvery).contains(testOffset) {
      throw ValidationError(
        "--test-offset is \(testOffset); it must be 0 or greater and less than --test-every \(testEvery)")
    }
    try OptionCheck.share("--test-fraction", testFraction, canBeZero: false)
    if testEvery != nil && testFraction != nil {
      throw ValidationError("give --test-every or --test-fraction, not both")
    }
    if testEvery == nil && testOffset != 0 { throw ValidationError("--test-offset needs --test-every") }
  }
}

extension Backend: ExpressibleByArgument {}

/// How it is fitted.
struct FitTrainingOptions: ParsableArguments {
  @Option(help: "How often every row is seen.")
  var epochs = 200

  @Option(help: ArgumentHelp("The rows of a step; all of them if not given.", valueName: "rows"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("Scale gradients down to this norm.", valueName: "norm"))
  var clipNorm: Double?

  @Option(help: ArgumentHelp("Clamp gradient entries to this magnitude.", valueName: "bound"))
  var clipValue: Double?

  @Option(
    help: ArgumentHelp("The update rule; \"descent rules\" lists them.", valueName: "rule"),
    completion: .list(RuleCatalogue.all.map(\.name)))
  var optimizer = "sgd"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A setting of the rule, such as beta2=0.95; may be repeated.", valueName: "name=number"))
  var settings: [RuleSetting] = []

  @Option(help: "How much of the momentum is kept by the rule sgd (default 0.9).")
  var momentum: Double?

  @Flag(inversion: .prefixedNo, help: "Use Nesterov's momentum in the rule sgd.")
  var nesterov = false

  @Option(
    help: ArgumentHelp("Decoupled weight decay, of intercepts not; the rule's own by default.", valueName: "decay"))
  var weightDecay: Double?

  @Option(help: "The most threads; one per processor if not given. The result does not depend on it.")
  var threads: Int?

  @Option(help: "Who does the arithmetic of a step.")
  var backend = Backend.blas

  func validate() throws {
    try OptionCheck.atLeast(1, "--epochs", epochs, most: 1_000_000_000)
    try OptionCheck.atLeast(1, "--batch-size", batchSize)
    try OptionCheck.positive("--clip-norm", clipNorm)
    try OptionCheck.positive("--clip-value", clipValue)
    try OptionCheck.share("--momentum", momentum, canBeZero: true)
    try OptionCheck.notNegative("--weight-decay", weightDecay)
    try OptionCheck.atLeast(1, "--threads", threads)
    let entry = try entry()
    if entry.name != "sgd", momentum != nil || nesterov {
      let option = momentum != nil ? "--momentum" : "--nesterov"
      throw ValidationError(
        "\(option) belongs to the rule sgd; \(entry.name) has the settings \(entry.settings.map(\.key).joined(separator: ", ")), "
          + "as in --set \(entry.settings.first.map { "\($0.key)=\($0.value)" } ?? "name=number")")
    }
    if let momentum, let set = settings.first(where: { $0.name == "momentum" }) {
      throw ValidationError("give --momentum \(momentum) or --set \(set), not both")
    }
    if nesterov, momentum == 0 { throw ValidationError("--nesterov needs a --momentum greater than 0") }
    // What is wrong with a setting is known where a rule meets an optimizer.
    do { _ = try Optimizer<Double>(rule(), learningRate: 1, count: 1) } catch let error as StepError {
      throw ValidationError("--set: \(error)")
    }
  }
}

/// What is shown and kept.
struct FitOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write the fitted model to this file, for \"descent predict\".", valueName: "file"),
    completion: .file())
  var save: String?

  @Option(
    help: ArgumentHelp("Draw what the steps reported (SVG, by gnuplot).", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @Option(
    help: ArgumentHelp("Keep what every step reports in this file, for \"descent plot\".", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var log: String?

  @Option(help: ArgumentHelp("Keep the first step and every k-th in the log, instead of all.", valueName: "k"))
  var logEvery: Int?

  @Option(help: ArgumentHelp("The least objective, if known: the summary shows the gap to it.", valueName: "value"))
  var knownMinimum: Double?

  @OptionGroup var result: ResultOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let save { try OutputFile.check(save, option: "--save") }
    if let plot { try OutputFile.checkPicture(plot, option: "--plot") }
    if let log { try OutputFile.check(log, option: "--log") }
    if let knownMinimum, !knownMinimum.isFinite {
      throw ValidationError("--known-minimum is \(knownMinimum); it must be finite")
    }
    guard let logEvery else { return }
    if log == nil { throw ValidationError("--log-every needs --log") }
    if logEvery < 1 { throw ValidationError("--log-every is \(logEvery); it must be at least 1") }
  }
}
