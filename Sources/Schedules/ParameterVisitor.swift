/// Is shown every parameter of a schedule, by name, with what is required of it.
///
/// One list of parameters a kind then serves to encode, decode, validate and print it.
protocol ParameterVisitor {
  associatedtype Failure: Error

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>
  ) throws(Failure)
}

extension ParameterVisitor {
  /// A parameter of which every value is good.
  mutating func callAsFunction<Value: ParameterValue>(_ name: String, _ value: inout Value) throws(Failure) {
    try self(name, &value, Requirement("anything") { _ in true })
  }
}
