/// Why a configuration cannot be used.
struct ConfigurationError: Error, CustomStringConvertible {
  enum Reason {
    case unreadable
    case notJSON
    case otherCommand(String, expected: String)
    case unknownKey(String, value: String, nearest: String?)
    case wrongType(String, value: String, expected: String)
  }

  let path: String
  let reason: Reason

  init(path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }

  var description: String {
    switch reason {
    case .unreadable:
      "--config \(path): the file cannot be read; the option --dump-config prints one"
    case .notJSON:
      "--config \(path): this is not a JSON object; the option --dump-config prints one"
    case .otherCommand(let found, let expected):
      "--config \(path): \"command\" is \"\(found)\", so this belongs to descent \(found), not to descent \(expected)"
    case .unknownKey(let key, let value, let nearest):
      "--config \(path): there is no option \"\(key)\" to be \(value); "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "keys are the long names of options, without dashes")
    case .wrongType(let key, let value, let expected):
      "--config \(path): \"\(key)\" is \(value); it takes \(expected)"
    }
  }
}
