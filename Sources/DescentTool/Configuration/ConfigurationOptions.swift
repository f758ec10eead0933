internal import ArgumentParser

/// Options from a file, and into one.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take options from this file, which --dump-config wrote, or from - for standard input; options that are typed go before "
        + "those of the file.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Flag(help: "Print every option with its value, for --config, and do nothing else.")
  var dumpConfig = false
}
