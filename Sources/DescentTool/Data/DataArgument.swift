internal import ArgumentParser

/// The file with the data: an argument, or what a configuration says.
struct DataArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The CSV file, or - for standard input; not needed where --config names it.", valueName: "data"),
    completion: .file(extensions: ["csv"]))
  var argument: String?

  // How a configuration names it.
  @Option(name: .customLong("data"), help: .hidden)
  var configured: String?

  var file: String { argument ?? configured ?? "" }

  func validate() throws {
    if file.isEmpty {
      throw ValidationError(
        "name the CSV file with the data, as in data.csv; its first line holds the names of the columns")
    }
  }
}
