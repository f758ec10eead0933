internal import ArgumentParser
internal import Descent

extension FitSetup {
  /// The command that makes this fit, to be typed or pasted.
  var command: String {
    let rate = learningRate.map { [Setting(option: "--learning-rate", value: "\($0)")] } ?? []
    return ShellWords.joined(["descent", "fit", data] + (settings + rate).flatMap(\.words))
  }

  /// An option as it is typed; a flag has no value.
  struct Setting {
    let option: String
    let value: String?

    /// A value that looks like an option is joined to its own.
    var words: [String] {
      guard let value else { return [option] }
      return value.hasPrefix("-") ? ["\(option)=\(value)"] : [option, value]
    }
  }

  /// The options that differ from their defaults, but for the rate, and for the number of threads, on which no result
  /// depends.
  var settings: [Setting] {
    var settings = [Setting(option: "--model", value: model.model.rawValue)]
    func add<Value>(_ name: String, _ value: Value?) {
      if let value { settings.append(Setting(option: name, value: "\(value)")) }
    }
    func add<Value: Equatable>(_ name: String, _ value: Value, unless usual: Value?) {
      if value != usual { add(name, value) }
    }
    func add(_ name: String, if isSet: Bool) {
      if isSet { settings.append(Setting(option: name, value: nil)) }
    }

    let usualModel = try? FitModelOptions.parse(["--model", model.model.rawValue])
    add("--target", model.target)
    add("--standardize", if: model.standardize)
    add("--no-intercept", if: !model.intercept)
    add("--l2", model.l2, unless: usualModel?.l2)
    add("--test-every", model.testEvery)
    add("--test-offset", model.testOffset, unless: usualModel?.testOffset)
    add("--test-fraction", model.testFraction)
    add("--seed", model.seed, unless: usualModel?.seed)

    let usual = try? FitTrainingOptions.parse([])
    add("--epochs", training.epochs, unless: usual?.epochs)
    add("--batch-size", training.batchSize)
    add("--clip-norm", training.clipNorm)
    add("--clip-value", training.clipValue)
    add("--optimizer", training.optimizer, unless: usual?.optimizer)
    for setting in training.settings { add("--set", setting) }
    add("--momentum", training.momentum)
    add("--nesterov", if: training.nesterov)
    add("--weight-decay", training.weightDecay)
    add("--backend", training.backend.rawValue, unless: usual?.backend.rawValue)

    add("--schedule", schedule.schedule, unless: (try? FitScheduleOptions.parse([]))?.schedule)
    add("--warmup", schedule.warmup)
    add("--final-rate", schedule.finalRate)
    add("--power", schedule.power)
    add("--decay", schedule.decay)
    add("--factor", schedule.factor)
    add("--patience", schedule.patience)
    add("--rate-cap", schedule.rateCap)
    return settings
  }
}
