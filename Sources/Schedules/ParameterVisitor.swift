/// Is shown every parameter of a schedule, by name, with what is required of it and what it is if nobody says.
///
/// One list of parameters a kind then serves to encode, decode, validate and print it, and to read and write its
/// notation.
protocol ParameterVisitor {
  associatedtype Failure: Error

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) throws(Failure)
}

extension ParameterVisitor {
  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>
  ) throws(Failure) {
    try self(name, &value, requirement, default: ParameterDefault.none)
  }

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: Value
  ) throws(Failure) {
    try self(name, &value, requirement, default: .value(`default`))
  }

  /// A parameter of which every value is good.
  mutating func callAsFunction<Value: ParameterValue>(_ name: String, _ value: inout Value) throws(Failure) {
    try self(name, &value, .anything)
  }

  /// A parameter of which every value is good.
  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, default: Value
  ) throws(Failure) {
    try self(name, &value, .anything, default: .value(`default`))
  }
}
