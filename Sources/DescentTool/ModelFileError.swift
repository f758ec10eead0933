/// Why a file is not a model.
struct ModelFileError: Error, CustomStringConvertible {
  enum Reason {
    case unreadable
    case notJSON
    case missing(String)
    case wrong(String, String)
    case otherFormat(String)
  }

  let path: String
  let reason: Reason

  init(path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }

  var description: String {
    let remedy = "\"descent fit data.csv --model linear --save model.json\" writes a model"
    return switch reason {
    case .unreadable: "the model \(path) cannot be read; \(remedy)"
    case .notJSON: "\(path) is not a model: it is no JSON object; \(remedy), and the model is named before the data"
    case .missing(let key): "\(path) is not a model: \"\(key)\" is missing; \(remedy)"
    case .wrong(let key, let reason): "\(path) is not a model: \"\(key)\": \(reason); \(remedy)"
    case .otherFormat(let format):
      "\(path) has the format \"\(format)\", and this version reads \"\(ModelFile.format)\"; fit the model again"
    }
  }
}
