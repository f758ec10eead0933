import ArgumentParser

/// The speed of Descent, against the machine and against others.
@main
struct DescentBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descent-benchmarks",
    abstract: "Measure the speed of Descent, against the machine and against others.",
    subcommands: [FloorCommand.self, PeersCommand.self],
    defaultSubcommand: FloorCommand.self)
}
