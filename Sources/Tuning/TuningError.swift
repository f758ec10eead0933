public import Optimizers

/// Why a search, a study or a range test cannot be carried out as it was asked for. Nothing has been run.
public enum TuningError: Error, Equatable, CustomStringConvertible {
  /// A number is out of range.
  case invalidSetting(SettingError)
  /// The space has no parameter, so there is nothing to search.
  case noParameters
  /// A parameter has no name.
  case emptyName
  /// Two parameters have the same name.
  case repeatedName(String)
  /// A choice offers nothing.
  case noChoices(parameter: String)
  /// A choice offers the same value twice.
  case repeatedChoice(parameter: String, value: String)
  /// The search would need more evaluations than can be kept.
  case tooManyEvaluations(limit: Int)
  /// A grid ends, and Hyperband decides how many configurations it needs.
  case hyperbandOfGrid
  /// Folds were asked for that have no row to validate with or to train with.
  case folds(count: Int, requirement: String)
  /// A configuration has no parameter of this name.
  case unknownParameter(String, known: [String])
  /// A parameter is not of the kind that was asked for.
  case wrongKind(String, value: String, expected: String)

  /// What is wrong, with names and values, and what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let error): error.description
    case .noParameters: "the search space has no parameter; give it at least one"
    case .emptyName: "a parameter of the search space has an empty name; give it one"
    case .repeatedName(let name): "the search space has two parameters called \"\(name)\"; rename one"
    case .noChoices(let parameter): "\"\(parameter)\" has nothing to choose from; give it at least one value"
    case .repeatedChoice(let parameter, let value):
      "\"\(parameter)\" offers \(value) twice; each value can be chosen once"
    case .tooManyEvaluations(let limit):
      "the search has more than \(limit) evaluations; take fewer points, trials or folds"
    case .hyperbandOfGrid:
      "Hyperband draws as many configurations as its brackets need and cannot use a grid; sample at random or "
        + "quasi-randomly, or use halving on the grid"
    case .folds(let count, let requirement): "\(count) folds cannot be made; \(requirement)"
    case .unknownParameter(let name, let known):
      "the configuration has no \"\(name)\"; it has \(known.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .wrongKind(let name, let value, let expected): "\"\(name)\" is \(value), which is not \(expected)"
    }
  }

  /// Throws where a number is not admissible.
  static func check(
    _ isAdmissible: Bool, _ name: String, _ value: Double, _ requirement: String
  ) throws(TuningError) {
    guard isAdmissible else {
      throw .invalidSetting(SettingError(name: name, value: value, requirement: requirement))
    }
  }
}
