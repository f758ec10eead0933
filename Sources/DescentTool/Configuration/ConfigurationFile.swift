internal import ArgumentParser
internal import Descent
internal import Foundation

/// The options of a subcommand as JSON: an object with the long names as keys, and null for what was not given.
enum ConfigurationFile {
  /// The file that makes the same run.
  static func text(of command: some ParsableCommand, named name: String, data: String) throws -> String {
    var values: [String: JSONValue] = [commandKey: .text(name)]
    for entry in OptionEntry.all(of: command) { values[entry.name] = entry.value.map(JSONValue.init(option:)) ?? .null }
    values["data"] = .text(data)
    return try JSONText.of(values)
  }

  /// Arguments in which the options of the file that --config names stand before those that were typed, which go before
  /// them, since of an option that is given twice the last one counts.
  static func expanded(
    _ arguments: [String], for command: any ParsableCommand.Type, named name: String
  ) throws(ConfigurationError) -> [String] {
    let typed = Array(arguments.prefix { $0 != "--" })
    guard let path = lastValue(of: "--config", in: typed) else { return arguments }
    let values = try read(path)
    var added: [String] = []
    let entries = OptionEntry.all(of: command)
    if case .text(let other)? = values[commandKey], other != name {
      throw ConfigurationError(path: path, .otherCommand(other, expected: name))
    }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) where key != commandKey {
      guard let entry = entries.first(where: { $0.name == key }) else {
        throw ConfigurationError(
          path: path, .unknownKey(key, value: value.shown, nearest: entries.map(\.name).nearest(to: key)))
      }
      let kind = OptionKind(entry.type)
      guard kind.accepts(value) else {
        throw ConfigurationError(path: path, .wrongType(key, value: value.shown, expected: kind.description))
      }
      added += words(for: entry.name, value)
    }
    return added + arguments
  }

  private static let commandKey = "command"

  private static func words(for name: String, _ value: JSONValue) -> [String] {
    switch value {
    case .null: []
    case .flag(true): ["--\(name)"]
    case .flag(false): OptionEntry.withNegation.contains(name) ? ["--no-\(name)"] : []
    case .array(let values): values.map { "--\(name)=\($0.typed)" }
    default: ["--\(name)=\(value.typed)"]
    }
  }

  private static func lastValue(of option: String, in arguments: [String]) -> String? {
    for (index, word) in arguments.enumerated().reversed() {
      if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
      if word == option, index + 1 < arguments.count { return arguments[index + 1] }
    }
    return nil
  }

  private static func read(_ path: String) throws(ConfigurationError) -> [String: JSONValue] {
    let data: Data
    do {
      data =
        try path == "-"
        ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ConfigurationError(path: path, .unreadable)
    }
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else {
      throw ConfigurationError(path: path, .notJSON)
    }
    guard case .object(let values) = value else { throw ConfigurationError(path: path, .notJSON) }
    return values
  }
}
