internal import Foundation

/// A log of a run that cannot be read or written.
enum RunLogError: Error, CustomStringConvertible {
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  /// A log of something else, or of another version.
  case otherFormat(path: String, format: String)
  /// JSON, but one object of many lines.
  case noLog(path: String)
  /// A line that is no step.
  case damaged(path: String, line: Int, reason: String)
  /// A step that does not follow the one before it.
  case unordered(path: String, line: Int, step: Int, previous: Int)
  /// Nothing was logged.
  case noSteps(path: String)

  /// What is wrong and what to do.
  var description: String {
    switch self {
    case .cannotRead(let path, let reason): "the log \(path) cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "the log \(path) cannot be written: \(reason)"
    case .otherFormat(let path, "descent-study/1"):
      "\(path) is the log of a search; \"descent tune --resume \(path) --plot FILE.svg\" with the other options of that "
        + "search draws it"
    case .otherFormat(let path, let format):
      "\(path):1: the format is \"\(format)\", and only \"\(RunHeader.format)\" can be read; write it with \"descent fit --log\""
    case .noLog(let path):
      "\(path) is a JSON file, but not the log of a run, which has an object a line; write it with \"descent fit --log\""
    case .damaged(let path, let line, let reason):
      "\(path):\(line): \(reason). A line is a JSON object with step, learningRate, gradientNorm, clipFactor, and loss if "
        + "there is one; mend this one, or remove it"
    case .unordered(let path, let line, let step, let previous):
      "\(path):\(line): step \(step) after step \(previous); a file has one run, whose steps ascend. Give each run a file of "
        + "its own"
    case .noSteps(let path): "\(path) has no steps; let the fit take one, or leave the file out"
    }
  }
}

extension DecodingError {
  /// What is wrong with a line, for somebody who can see it.
  var brief: String {
    func named(_ context: Context) -> String? { context.codingPath.last.map { "\"\($0.stringValue)\"" } }
    return switch self {
    case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      named(context).map { "\($0) has a value of another kind" } ?? "this is no JSON object"
    case .dataCorrupted(let context): named(context).map { "\($0) cannot be read" } ?? "this is not JSON"
    @unknown default: "this cannot be read"
    }
  }
}
