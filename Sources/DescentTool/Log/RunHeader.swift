/// The first line of the log of a run: which run it is.
struct RunHeader: Codable {
  static let format = "descent-run/1"

  /// The form of the file and its version.
  var format = Self.format
  /// What repeats the run.
  var command: String?
  var data: String?
  var model: String?
  var optimizer: String?
  /// The options that differ from their defaults, without their dashes; flags have the value "true".
  var settings: [String: String]?
}

extension RunHeader {
  init(_ setup: FitSetup) {
    var settings: [String: String] = [:]
    for setting in setup.settings {
      let (name, value) = (String(setting.option.dropFirst(2)), setting.value ?? "true")
      // Of those that can be repeated, all count.
      settings[name] = settings[name].map { "\($0) \(value)" } ?? value
    }
    // These have keys of their own.
    for name in ["model", "optimizer"] { settings[name] = nil }
    settings["learning-rate"] = setup.learningRate.map { "\($0)" }
    self.init(
      command: setup.command, data: setup.data, model: setup.model.model.rawValue, optimizer: setup.training.optimizer,
      settings: settings)
  }
}
