public import ArgumentParser
public import Descent
internal import Foundation

/// The kinds of model.
enum ModelKind: String, ExpressibleByArgument, CaseIterable, Codable {
  case linear, logistic, softmax
}

/// What is fitted to what.
struct FitModelOptions: ParsableArguments {
  @Option(help: "The model.")
  var model: ModelKind

  @Option(help: ArgumentHelp("The name of the target column; the last one if not given.", valueName: "name"))
  var target: String?

  @Flag(help: "Give every feature mean 0 and standard deviation 1 over the fitted rows.")
  var standardize = false

  @Flag(help: "Leave out the intercept: every score is 0 where all features are.")
  var noIntercept = false

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

  func validate() throws {
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

  @Option(help: ArgumentHelp("The update rule; \"descent rules\" lists them.", valueName: "rule"))
  var optimizer = "sgd"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A setting of the rule, such as beta2=0.95; may be repeated.", valueName: "name=number"))
  var settings: [RuleSetting] = []

  @Option(help: "How much of the momentum is kept by the rule sgd (default 0.9).")
  var momentum: Double?

  @Flag(help: "Use Nesterov's momentum in the rule sgd.")
  var nesterov = false

  @Option(
    help: ArgumentHelp("Decoupled weight decay, of intercepts not; the rule's own by default.", valueName: "decay"))
  var weightDecay: Double?

  @Option(help: "The most threads; one per processor if not given. The result does not depend on it.")
  var threads: Int?

  @Option(help: "Who does the arithmetic of a step.")
  var backend = Backend.blas

  func validate() throws {
    if epochs < 1 { throw ValidationError("--epochs is \(epochs); it must be at least 1") }
    if let batchSize, batchSize < 1 { throw ValidationError("--batch-size is \(batchSize); it must be at least 1") }
    let entry = try entry()
    if entry.name != "sgd", momentum != nil || nesterov {
      let option = momentum != nil ? "--momentum" : "--nesterov"
      throw ValidationError(
        "\(option) belongs to the rule sgd; \(entry.name) has the settings \(entry.settings.map(\.key).joined(separator: ", ")), "
          + "as in --set \(entry.settings.first.map { "\($0.key)=\($0.value)" } ?? "name=number")")
    }
    _ = try rule()
  }
}

/// What is shown and kept.
struct FitOutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the fitted model to this file, as JSON.", valueName: "file"))
  var save: String?

  @Option(help: ArgumentHelp("Draw what the steps reported (SVG, by gnuplot).", valueName: "file"))
  var plot: String?

  @Option(help: ArgumentHelp("Keep what every step reports in this file, for \"descent plot\".", valueName: "file"))
  var log: String?

  @Option(help: ArgumentHelp("Keep the first step and every k-th in the log, instead of all.", valueName: "k"))
  var logEvery: Int?

  @Option(help: ArgumentHelp("The least objective, if known: the summary shows the gap to it.", valueName: "value"))
  var knownMinimum: Double?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let log, FileManager.default.fileExists(atPath: log) {
      throw ValidationError("--log \(log) exists already; remove it, or name another file")
    }
    guard let logEvery else { return }
    if log == nil { throw ValidationError("--log-every needs --log") }
    if logEvery < 1 { throw ValidationError("--log-every is \(logEvery); it must be at least 1") }
  }
}
