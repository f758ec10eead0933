internal import ArgumentParser

/// `descent check`: the engine against the naive reference, on this machine.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Compare the engine with a naive reference on this machine.")
}
