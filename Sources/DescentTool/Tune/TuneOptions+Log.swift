internal import Foundation

extension TuneOptions {
  /// The log of the study: of a new one where no file is, or of one to go on with where there is one.
  func logFile() throws -> URL? {
    if let log {
      guard !FileManager.default.fileExists(atPath: log) else {
        throw LogFileError(description: "\(log) exists already; --resume \(log) goes on with it, or name another --log")
      }
      return URL(fileURLWithPath: log)
    }
    guard let resume else { return nil }
    guard FileManager.default.fileExists(atPath: resume) else {
      throw LogFileError(description: "there is no \(resume) to --resume; --log \(resume) begins one")
    }
    return URL(fileURLWithPath: resume)
  }

  /// What to do after an interruption.
  var howToGoOn: String {
    guard log != nil || resume != nil else {
      return "interrupted. Nothing was kept; with --log FILE the search could have gone on later"
    }
    var words = ["descent"] + CommandLine.arguments.dropFirst()
    for index in words.indices where words[index] == "--log" || words[index].hasPrefix("--log=") {
      words[index] = "--resume" + words[index].dropFirst("--log".count)
    }
    return "interrupted. This goes on from here:\n" + ShellWords.joined(words)
  }

  private struct LogFileError: Error, CustomStringConvertible { let description: String }
}
