/// A schedule is saved as an object with one member: the kind's name, and under it the parameters by name.
///
///     {"then": {"first": {"warmup": {"to": 0.1, "over": 500, "startFactor": null}},
///               "second": {"cosine": {"from": 0.1, "to": 0, "over": 9500, "power": 1}}, "after": 500}}
///
/// Numbers that are not finite are the strings "inf", "-inf" and "nan", so any encoder will do. All parameters are
/// there, and no others: a misspelt one is an error, never a default. Decoding does not validate, so that a saved value
/// comes back as it was; ``Schedule/validate()`` does.
extension Schedule: Codable {
  /// Encodes the schedule; throws ``ScheduleError/closureCannotBeSaved(name:)`` if it contains a custom one.
  public func encode(to encoder: any Encoder) throws {
    if let custom = kind as? Custom { throw ScheduleError.closureCannotBeSaved(name: custom.closureName) }
    var outer = encoder.container(keyedBy: ParameterKey.self)
    var kind = kind
    let parameters = outer.nestedContainer(
      keyedBy: ParameterKey.self, forKey: ParameterKey(stringValue: type(of: kind).name))
    var visitor = EncodingVisitor(container: parameters)
    try kind.visitParameters(&visitor)
  }

  /// Decodes a schedule; throws a `DecodingError` that names what is missing, unknown or of the wrong type.
  public init(from decoder: any Decoder) throws {
    let outer = try decoder.container(keyedBy: ParameterKey.self)
    guard outer.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a schedule has one member, its kind; here are \(outer.allKeys.count)"))
    }
    let key = outer.allKeys[0]
    guard let type = ScheduleKinds.all.first(where: { $0.name == key.stringValue }) else {
      let known = ScheduleKinds.all.map { $0.name }.sorted().joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: key, in: outer, debugDescription: "no schedule is called \"\(key.stringValue)\"; there are \(known)")
    }
    var kind = type.init()
    var visitor = DecodingVisitor(container: try outer.nestedContainer(keyedBy: ParameterKey.self, forKey: key))
    try kind.visitParameters(&visitor)
    if let unknown = visitor.container.allKeys.first(where: { !visitor.visited.contains($0.stringValue) }) {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: visitor.container,
        debugDescription: "\(key.stringValue) has no parameter \"\(unknown.stringValue)\"; "
          + "it has \(visitor.visited.joined(separator: ", "))")
    }
    self.init(kind)
  }
}

private struct ParameterKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

private struct EncodingVisitor: ParameterVisitor {
  var container: KeyedEncodingContainer<ParameterKey>

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) throws(any Error) {
    try container.encode(value.coded, forKey: ParameterKey(stringValue: name))
  }
}

private struct DecodingVisitor: ParameterVisitor {
  let container: KeyedDecodingContainer<ParameterKey>
  var visited: [String] = []

  init(container: KeyedDecodingContainer<ParameterKey>) { self.container = container }

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) throws(any Error) {
    visited.append(name)
    value = Value(coded: try container.decode(Value.Coded.self, forKey: ParameterKey(stringValue: name)))
  }
}
