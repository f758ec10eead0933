public import Tensors

/// Slow weights that look where an optimizer's fast ones go, and follow them part of the way.
///
/// After every K-th step, with the fast weights θ, which are the parameters, and the slow weights φ,
///
///     φ ← φ + α (θ - φ)
///     θ ← φ
///
/// Zhang, Lucas, Hinton and Ba, "Lookahead optimizer: k steps forward, 1 step back", 2019. The optimizer's own state stays as
/// it is, as in the paper and by default in Optax, where it may also be reset.
///
/// ```swift
/// var lookahead = try Lookahead(from: x)
/// for _ in 1...1_000 {
///   let report = try optimizer.step(&x, gradient: gradient(at: x))
///   try lookahead.follow(&x, after: report)
/// }
/// ```
///
/// The clock is the report's: a step that was skipped is not counted. A value, as the optimizer is. Elements of x equal to
/// those of φ stay as they are. A call that throws has changed nothing.
///
/// Not for the schedule-free rules, which make the parameters of weights of their own and would not notice: the first call
/// after a step of one of them throws `StepError.lookaheadWithoutEffect`.
///
/// - Cost: K - 1 calls of K cost nothing; the K-th reads the parameters twice and the slow weights once, and writes both.
public struct Lookahead<Scalar: TensorScalar>: Sendable {
  /// When and how far the slow weights follow.
  public struct Settings: Sendable, Codable, Hashable {
    /// K, how many steps lie between two times at which they follow.
    public var interval: Int
    /// α, which part of the way they go.
    public var slowStepSize: Double

    /// Settings, with the paper's defaults.
    public init(interval: Int = 5, slowStepSize: Double = 0.5) {
      (self.interval, self.slowStepSize) = (interval, slowStepSize)
    }

    func validate() throws(StepError) {
      do throws(SettingError) {
        try SettingError.check(interval >= 1, "Lookahead.interval", Double(interval), "interval >= 1")
        try SettingError.check(
          slowStepSize > 0 && slowStepSize <= 1, "Lookahead.slowStepSize", slowStepSize, "0 < slowStepSize <= 1")
      } catch { throw .invalidSetting(error) }
    }
  }

  /// All that Lookahead has seen.
  public typealias State = KeptWeightsState<Scalar, Settings>

  /// When and how far the slow weights follow.
  public let settings: Settings
  private var slow: KeptWeights<Scalar>

  // MARK: - The start

  /// Slow weights that begin where the fast ones are.
  /// - Throws: `StepError` for a setting out of range, or a parameter that is not finite.
  public init(
    from parameters: ParameterSet<Scalar>, _ settings: Settings = Settings(), threads: Int? = nil
  ) throws(StepError) {
    try self.init(settings, layout: parameters.layout, threads: threads)
    try slow.use(reading: parameters)
    try begin()
  }

  /// Slow weights that begin where a list of tensors is.
  /// - Throws: `StepError` for a setting out of range, tensors of another layout, or a parameter that is not finite.
  public init(
    from parameters: [Tensor<Scalar>], for layout: Layout, _ settings: Settings = Settings(), threads: Int? = nil
  ) throws(StepError) {
    try self.init(settings, layout: layout, threads: threads)
    try slow.use(reading: parameters)
    try begin()
  }

  /// Slow weights that begin where a vector is, which errors and states call "parameters".
  /// - Throws: `StepError` for a setting out of range, or a parameter that is not finite.
  public init(
    from parameters: [Scalar], _ settings: Settings = Settings(), threads: Int? = nil
  ) throws(StepError) {
    try self.init(from: parameters.span, settings, threads: threads)
  }

  /// Slow weights that begin where a vector is, which errors and states call "parameters".
  /// - Throws: `StepError` for a setting out of range, or a parameter that is not finite.
  public init(
    from parameters: Span<Scalar>, _ settings: Settings = Settings(), threads: Int? = nil
  ) throws(StepError) {
    try self.init(settings, layout: .oneVector(parameters.count), threads: threads)
    try parameters.withUnsafeBufferPointer { (x) throws(StepError) in
      try slow.use(reading: x)
      try begin()
    }
  }

  private init(_ settings: Settings, layout: Layout, threads: Int?) throws(StepError) {
    try settings.validate()
    self.settings = settings
    slow = try KeptWeights(.finite, layout: layout, threads: threads)
  }

  private func begin() throws(StepError) {
    try slow.refuseNonFiniteParameters()
    slow.run(.keep)
  }

  // MARK: - Following

  /// Lets the slow weights follow where it is time to, and puts the fast ones there.
  /// - Parameter report: What the step that moved the parameters returned.
  /// - Returns: Whether it was time to.
  /// - Throws: `StepError` for parameters of another layout, one that is not finite, or a rule that keeps weights of its own;
  ///   nothing has changed then.
  @discardableResult
  public mutating func follow(
    _ parameters: inout ParameterSet<Scalar>, after report: StepReport
  ) throws(StepError) -> Bool {
    makeUnique()
    try slow.use(&parameters)
    return try follow(after: report)
  }

  /// Lets the slow weights follow a list of tensors where it is time to.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func follow(
    _ parameters: inout [Tensor<Scalar>], after report: StepReport
  ) throws(StepError) -> Bool {
    makeUnique()
    try slow.use(&parameters)
    return try follow(after: report)
  }

  /// Lets the slow weights follow a vector where it is time to.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func follow(_ parameters: inout [Scalar], after report: StepReport) throws(StepError) -> Bool {
    var span = parameters.mutableSpan
    return try follow(&span, after: report)
  }

  /// Lets the slow weights follow a vector where it is time to.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func follow(
    _ parameters: inout MutableSpan<Scalar>, after report: StepReport
  ) throws(StepError) -> Bool {
    makeUnique()
    return try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try slow.use(x)
      return try follow(after: report)
    }
  }

  private func follow(after report: StepReport) throws(StepError) -> Bool {
    guard !report.keepsOwnWeights else { throw .lookaheadWithoutEffect }
    guard report.outcome == .applied, report.step % settings.interval == 0 else { return false }
    try slow.refuseNonFiniteParameters()
    slow.run(.synchronize(share: settings.slowStepSize))
    slow.updates += 1
    slow.completedSteps = report.step
    return true
  }

  // MARK: - State

  /// φ, a copy.
  public var slowWeights: ParameterSet<Scalar> { ParameterSet(copying: slow.slab, layout: slow.layout) }

  /// All that Lookahead has seen.
  public func state() -> State { slow.state(settings) }

  /// Goes on from a state with the same settings and tensors, which are matched by name.
  /// - Throws: `StateError` with every difference; nothing has been loaded then.
  public mutating func load(_ state: State) throws(StateError) {
    makeUnique()
    try slow.load(state, settings: settings)
  }

  /// The only way to change: after it nobody else shares the slow weights.
  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&slow) { slow = slow.copy() }
  }
}
