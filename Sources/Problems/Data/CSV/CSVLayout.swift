/// Where the fields of a row go.
struct CSVLayout {
  enum Place: Equatable {
    case feature(Int)
    case target
    case nowhere
  }

  /// One for each column of the file.
  let places: [Place]
  let featureNames: [String]
  let targetName: String
  let hasTarget: Bool
  var featureCount: Int { featureNames.count }

  init(_ columns: CSVColumns, _ names: [String]) throws(CSVError.Reason) {
    switch columns {
    case .all(let target):
      targetName = target ?? names[names.count - 1]
      if !names.contains(targetName) { throw .unknownTarget(targetName, available: names) }
      featureNames = names.filter { [targetName] in $0 != targetName }
    case .fitted(let features, let target, let passesOverOthers):
      (featureNames, targetName) = (features, target)
      if let missing = features.first(where: { !names.contains($0) }) {
        throw .missingColumn(missing, available: names)
      }
      let known = Set(features + [target])
      if !passesOverOthers, let other = names.first(where: { !known.contains($0) }) { throw .unknownColumn(other) }
    }
    let featureOfName = Dictionary(uniqueKeysWithValues: featureNames.enumerated().map { ($1, $0) })
    places = names.map { [targetName] name in
      name == targetName ? .target : featureOfName[name].map(Place.feature) ?? .nowhere
    }
    hasTarget = names.contains(targetName)
  }
}
