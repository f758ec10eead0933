internal import ArgumentParser

/// The command `descent`: a door to what the library does, one subcommand each.
@main
struct DescentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descent",
    abstract: "First-order optimization with checked, clipped, scheduled steps.",
    discussion: """
      EXAMPLES
        descent check                 does this machine compute what it should?
        descent check --quick         the same in a few seconds
        descent fit data.csv --model linear --standardize
                                      fit the last column by the others
        descent recommend data.csv --model softmax
                                      where to begin, and why
        descent tune data.csv --model softmax --standardize
                                      search for the learning rate by cross-validation
        descent plot one.jsonl two.jsonl -o runs.svg
                                      what "descent fit --log" kept, as a picture
        descent schedule "warmup(500) then cosine(0.1 -> 0, 9500)"
                                      a learning rate as a table and a picture
        descent rules adamw lion      the update rules: equations, settings, sources
        descent help fit              all options of a subcommand, with examples

      Results go to standard output, errors to standard error. The exit code is 0 where all went well, 1 where a \
      subcommand found something wrong, and 64 for arguments that make no sense.
      """,
    version: "0.1.0",
    subcommands: [
      FitCommand.self, TuneCommand.self, RecommendCommand.self, PlotCommand.self, ScheduleCommand.self,
      RulesCommand.self, CheckCommand.self,
    ])
}
