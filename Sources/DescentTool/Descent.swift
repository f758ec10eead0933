internal import ArgumentParser
internal import Foundation

/// The command `descent`: a door to what the library does, one subcommand each.
@main
struct DescentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descent",
    abstract: "First-order optimization with checked, clipped, scheduled steps.",
    discussion: """
      EXAMPLES
        descent check                 does this machine compute what it should?
        descent check --quick         the same in well under a minute
        descent fit data.csv --model linear --standardize
                                      fit the last column by the others
        descent fit data.csv --model linear --save model.json
        descent predict model.json new.csv
                                      fit, and use what was fitted on other rows
        descent recommend data.csv --model softmax
                                      where to begin, and why
        descent tune data.csv --model softmax --standardize
                                      search for the learning rate
        descent plot one.jsonl two.jsonl -o runs.svg
                                      what "descent fit --log" kept, as a picture
        descent schedule "warmup(500) then cosine(0.1 -> 0, 9500)"
                                      a learning rate as a table and a picture
        descent rules adamw lion      the update rules: equations, settings, sources
        descent help fit              all options of a subcommand, with examples

      COMPLETIONS
        descent --generate-completion-script bash > \\
            ~/.local/share/bash-completion/completions/descent
        descent --generate-completion-script zsh > ~/.zfunc/_descent
        descent --generate-completion-script fish > \\
            ~/.config/fish/completions/descent.fish
            the tab key then knows subcommands, options, their values and files, in
            a new shell; zsh needs "fpath+=~/.zfunc" before compinit in ~/.zshrc

      Results go to standard output or to --output, all else to standard error. The exit code is 0 where all went well, \
      1 where a subcommand found something wrong, 64 for arguments that make no sense, and 130 after Ctrl-C. NO_COLOR \
      and COLUMNS are heeded.
      """,
    version: "0.1.0",
    subcommands: [
      FitCommand.self, PredictCommand.self, TuneCommand.self, RecommendCommand.self, PlotCommand.self,
      ScheduleCommand.self, RulesCommand.self, CheckCommand.self,
    ])

  /// As ArgumentParser does it, but that words are looked at first, that the options of a configuration are put in, and that
  /// the lines of an error fit the terminal.
  static func main() {
    // A reader that has gone away is an error of one write, and no reason to lose the rest.
    signal(SIGPIPE, SIG_IGN)
    var arguments = Array(CommandLine.arguments.dropFirst())
    let subcommand = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
    if let complaint = CommandWords.complaint(arguments, of: configuration.subcommands) {
      end(with: ValidationError(complaint), usageOf: subcommand)
    }
    arguments = CommandWords.joined(arguments, of: configuration.subcommands)
    let configurable: [String: any ParsableCommand.Type] = ["fit": FitCommand.self, "tune": TuneCommand.self]
    if let name = arguments.first, let command = configurable[name] {
      do throws(ConfigurationError) {
        arguments = [name] + (try ConfigurationFile.expanded(Array(arguments.dropFirst()), for: command, named: name))
      } catch {
        end(with: ValidationError("\(error)"), usageOf: subcommand)
      }
    }
    var command: any ParsableCommand
    do { command = try parseAsRoot(arguments) } catch { end(with: error) }
    do { try command.run() } catch { end(with: error, usageOf: error is ValidationError ? subcommand : nil) }
  }

  /// Ends the process as `exit(withError:)` does, which does not break the lines of an error.
  ///
  /// - Parameter subcommand: the one whose usage is shown, where the parser does not know of it.
  private static func end(with error: any Error, usageOf subcommand: (any ParsableCommand.Type)? = nil) -> Never {
    var (text, code) = (fullMessage(for: error), exitCode(for: error))
    if let subcommand, let name = subcommand.configuration.commandName {
      text = """
        Error: \(message(for: error))
        Usage: \(usageString(for: subcommand))
          See 'descent \(name) --help' for more information.
        """
    }
    // Help and completions come by the same way, in lines that are right already.
    if code.isSuccess || text.isEmpty { exit(withError: error) }
    Terminal.note(text)
    exit(withError: code)
  }
}
