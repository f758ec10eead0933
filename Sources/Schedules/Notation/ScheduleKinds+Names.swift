extension ScheduleKinds {
  /// The kind that is called so in the notation.
  static func named(_ word: String) -> (any StoredKind.Type)? {
    all.first { $0.notationName == word || $0.name == word }
  }

  /// The word of the kind whose name is nearest to a misspelt one.
  static func nearest(to word: String) -> String? {
    let names = all.flatMap { [$0.notationName, $0.name] }
    return names.nearest(to: word).flatMap { named($0)?.notationName }
  }
}
