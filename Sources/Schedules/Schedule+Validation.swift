extension Schedule {
  /// Checks all parameters, those of inner schedules included, and throws the first error found, which names the
  /// parameter, its value and what is required of it.
  ///
  /// An invalid schedule has defined, finite values all the same; they only mean nothing.
  public func validate() throws(ScheduleError) {
    try validate(at: "")
  }

  func validate(at path: String) throws(ScheduleError) {
    var kind = kind
    var visitor = ValidatingVisitor(path: path + type(of: kind).name)
    try kind.visitParameters(&visitor)
  }
}

private struct ValidatingVisitor: ParameterVisitor {
  let path: String

  mutating func callAsFunction<Value: ParameterValue>(
    _ name: String, _ value: inout Value, _ requirement: Requirement<Value>, default: ParameterDefault<Value>
  ) throws(ScheduleError) {
    guard requirement.isMet(value) else {
      throw .invalidParameter(
        schedule: path, parameter: name, value: parameterText(value), requirement: requirement.text)
    }
    try value.validate(at: "\(path).\(name).")
  }
}
