internal import Descent
internal import Foundation
internal import Problems

/// A fitted model on disk: JSON with the weights by name, and all that is needed to use them on rows of a file.
struct ModelFile: Codable {
  static let format = "descent-model/1"

  var format = Self.format
  var model: ModelKind
  var target: String
  var features: [String]
  /// The targets that the classes have in the data, for classifiers; absent in files of older versions.
  var classes: [Double]?
  /// The shift and scale of the features before the weights, if they were standardised.
  var standardisation: Standardisation?
  /// features × outputs, row after row.
  var weights: [Double]
  /// One for each output; none if the model goes through the origin.
  var bias: [Double]
  var l2: Double

  init(_ fit: Fit) {
    let problem = fit.problem
    model = problem.kind
    target = problem.training.targetName
    features = problem.training.featureNames
    classes =
      switch problem.kind {
      case .linear: nil
      case .logistic: problem.training.targets.contains(-1) ? [-1, 1] : [0, 1]
      case .softmax: (0..<problem.regression.model.outputs).map(Double.init)
      }
    standardisation = problem.standardisation
    weights = fit.weights["weights"]?.elements ?? []
    bias = fit.weights["bias"]?.elements ?? []
    l2 = problem.l2
  }

  /// Writes the file whole, or leaves what was there.
  func write(to path: String) throws {
    try OutputFile.write(JSONText.of(self, isFinite: true), to: path)
  }

  /// Reads a file, and checks that its parts fit together.
  init(contentsOf path: String) throws(ModelFileError) {
    let url = URL(fileURLWithPath: path)
    guard let data = try? Data(contentsOf: url) else { throw ModelFileError(path: path, .unreadable) }
    do {
      self = try JSONDecoder().decode(ModelFile.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw ModelFileError(path: path, .missing(key.stringValue))
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      throw ModelFileError(
        path: path, .wrong(context.codingPath.first?.stringValue ?? "the whole", context.debugDescription))
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw ModelFileError(path: path, .wrong(context.codingPath[0].stringValue, context.debugDescription))
    } catch {
      throw ModelFileError(path: path, .notJSON)
    }
    guard format == Self.format else { throw ModelFileError(path: path, .otherFormat(format)) }
    if let reason = disagreement { throw ModelFileError(path: path, reason) }
  }

  /// The scores of a row.
  var outputs: Int { model == .softmax ? weights.count / max(1, features.count) : 1 }

  /// The targets that the classes have.
  var classTargets: [Double] {
    classes ?? (model == .linear ? [] : (0..<max(2, outputs)).map(Double.init))
  }

  /// What does not fit together.
  private var disagreement: ModelFileError.Reason? {
    func count(_ name: String, _ found: Int, _ expected: Int) -> ModelFileError.Reason? {
      found == expected ? nil : .wrong(name, "it has \(found) numbers where \(expected) are needed")
    }
    if features.isEmpty { return .wrong("features", "it names no column") }
    var names = Set<String>()
    if let repeated = (features + [target]).first(where: { !names.insert($0).inserted }) {
      return .wrong("features", "the column \"\(repeated)\" occurs twice, or is the target too")
    }
    if model == .softmax, outputs < 2 { return .wrong("weights", "there are fewer than two classes") }
    return count("weights", weights.count, features.count * outputs)
      ?? (bias.isEmpty ? nil : count("bias", bias.count, outputs))
      ?? (model == .linear ? nil : count("classes", classTargets.count, max(2, outputs)))
      ?? standardisation.flatMap {
        count("standardisation", $0.means.count, features.count)
          ?? count("standardisation", $0.deviations.count, features.count)
          ?? ($0.deviations.allSatisfy { $0 > 0 } ? nil : .wrong("standardisation", "a deviation is not positive"))
      }
  }
}
