public import Tensors

/// How a step is carried out. None of these changes what is computed, but for the last bits between backends.
public struct ExecutionOptions: Sendable, Codable, Hashable {
  /// What happens to a gradient before it is used.
  public enum GradientCheck: String, Sendable, Codable {
    /// Every gradient is read before anything is written, and a NaN or infinity is refused.
    case checked
    /// The caller vouches for the gradient: the first read is skipped where no clip, rate or rule needs it. A NaN then
    /// reaches the parameters. Where the read was skipped, the report's gradient norm is NaN, and so is the size of an
    /// update that would follow from it.
    case trusted
  }

  /// What a step does with a gradient that is not finite.
  public enum NonFiniteGradient: Sendable, Codable, Hashable {
    /// It throws `StepError.nonFiniteGradient`.
    case `throw`
    /// It changes nothing, does not count, and says so in the report; after `limit` such steps in a row it throws.
    case skip(limit: Int)
  }

  /// Who does the arithmetic.
  public var backend: Backend
  /// The largest number of threads; nil for one per processor. The result does not depend on it.
  public var threads: Int?
  /// Whether gradients are checked.
  public var gradientCheck: GradientCheck
  /// What happens to a gradient that is not finite.
  public var nonFiniteGradient: NonFiniteGradient
  /// The kernels to use; the best that the processor has unless told otherwise. The result does not depend on it.
  public var instructionSet: InstructionSet

  /// Options, each with its default.
  public init(
    backend: Backend = .blas, threads: Int? = nil, gradientCheck: GradientCheck = .checked,
    nonFiniteGradient: NonFiniteGradient = .throw, instructionSet: InstructionSet = .best
  ) {
    (self.backend, self.threads, self.gradientCheck) = (backend, threads, gradientCheck)
    (self.nonFiniteGradient, self.instructionSet) = (nonFiniteGradient, instructionSet)
  }

  func validate() throws(SettingError) {
    if let threads {
      try SettingError.check(threads >= 1, "ExecutionOptions.threads", Double(threads), "threads >= 1")
    }
    if case .skip(let limit) = nonFiniteGradient {
      try SettingError.check(limit >= 0, "ExecutionOptions.nonFiniteGradient", Double(limit), "limit >= 0")
    }
    try SettingError.check(
      InstructionSet.available.contains(instructionSet), "ExecutionOptions.instructionSet",
      Double(InstructionSet.allCases.firstIndex(of: instructionSet) ?? -1),
      "one of \(InstructionSet.available.map(\.rawValue)), which this processor has")
  }
}
