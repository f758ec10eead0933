/// What a parameter is where a notation leaves it out.
enum ParameterDefault<Value: ParameterValue>: Sendable {
  /// It must be given.
  case none
  case value(Value)
  /// The first value of the schedule that follows after "then", which is what a warm-up rises to.
  case successor
}
