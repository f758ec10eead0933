internal import ArgumentParser

/// Where the result goes, and in which form: the same for all subcommands.
struct ResultOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the result to this file, not to standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  func validate() throws {
    if let output { try OutputFile.check(output, option: "--output") }
  }

  /// Writes a result: to the file as it is, to a terminal with lines that fit it.
  func write(_ text: String) throws {
    if let output {
      try OutputFile.write(text + "\n", to: output)
    } else {
      try Terminal.output.writeResult((json ? text : LineWrap.wrapped(text, to: Terminal.output.width)) + "\n")
    }
  }
}
