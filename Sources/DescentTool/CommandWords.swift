internal import ArgumentParser
internal import Descent

/// The words that may stand in a command. Of one with a slip in it the parser would often say that something else is
/// missing.
enum CommandWords {
  /// What is wrong with a subcommand or an option that there is none of, and the one that may have been meant; nil where
  /// nothing is.
  static func complaint(_ arguments: [String], of subcommands: [any ParsableCommand.Type]) -> String? {
    var arguments = arguments
    if arguments.first == "help" { arguments.removeFirst() }
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    guard let subcommand = subcommands.first(where: { $0.configuration.commandName == first }) else {
      let names = subcommands.compactMap { $0.configuration.commandName }
      let nearest = names.nearest(to: first).map { "did you mean \"\($0)\"?" }
      return "there is no subcommand \"\(first)\"; " + (nearest ?? "there are \(names.joined(separator: ", "))")
    }
    let known = options(of: subcommand)
    let words = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
    for name in words.map({ String($0.dropFirst(2).prefix { $0 != "=" }) }) where !known.contains(name) {
      let nearest = known.nearest(to: name).map { "did you mean --\($0)?" }
      return "descent \(first) has no option --\(name); "
        + (nearest ?? "\"descent help \(first)\" lists those that there are")
    }
    return nil
  }

  /// The arguments with a negative number joined to the option before it: the parser takes it for an option, and would say
  /// that the value is missing.
  static func joined(_ arguments: [String], of subcommands: [any ParsableCommand.Type]) -> [String] {
    guard let subcommand = subcommands.first(where: { $0.configuration.commandName == arguments.first }) else {
      return arguments
    }
    let withValue = Set(OptionEntry.all(of: subcommand).filter { $0.type != Bool.self }.map { "--" + $0.name })
    let end = arguments.firstIndex(of: "--") ?? arguments.count
    return arguments.indices.reduce(into: []) { words, index in
      let (word, previous) = (arguments[index], words.last ?? "")
      if index < end, word.hasPrefix("-"), Double(word) != nil, withValue.contains(previous) {
        words[words.count - 1] = "\(previous)=\(word)"
      } else {
        words.append(word)
      }
    }
  }

  /// The long names, those of the parser itself included.
  private static func options(of subcommand: any ParsableCommand.Type) -> [String] {
    let own = OptionEntry.all(of: subcommand).map(\.name)
    let negations = own.filter(OptionEntry.withNegation.contains).map { "no-" + $0 }
    return own + negations + ["config", "dump-config", "help", "help-hidden", "version", "generate-completion-script"]
  }
}
