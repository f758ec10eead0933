public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A running average of the parameters: exponential (EMA), or with equal weights (SWA).
///
/// The n-th update is a ← a + wₙ (θ - a), where w₁ is 1 and the other shares are the ``Method``'s.
///
/// ```swift
/// var average = try WeightAverage<Double>(.exponential(decay: 0.999), count: x.count)
/// for _ in 1...1_000 {
///   let report = try optimizer.step(&x, gradient: gradient(at: x))
///   try average.update(with: x, after: report)
/// }
/// let weights = average.evaluationPoint()?.parameters
/// ```
///
/// The clock is the report's: a step that was skipped is not counted. A value, as the optimizer is. The average of equal
/// numbers is that number, and that of finite ones is finite. A call that throws has changed nothing.
///
/// - Cost: an update reads the parameters twice and the average once, and writes that.
public struct WeightAverage<Scalar: TensorScalar>: Sendable {
  /// How much the n-th of the averaged parameters counts.
  public enum Method: Sendable, Codable, Hashable {
    /// The average (1 - d) Σ dⁿ⁻ⁱ θᵢ / (1 - dⁿ), whose weights are 1 together: wₙ = (1 - d) / (1 - dⁿ). Optax's `ema` with
    /// its default `debias`; PyTorch's `get_ema_avg_fn` begins with θ₁ instead, which then keeps the weight dⁿ⁻¹.
    ///
    /// Polyak and Juditsky 1992; the correction is Adam's, Kingma and Ba 2015.
    case exponential(decay: Double = 0.999)
    /// Each update with the decay min(d, n / (9 + n)), which grows with the number n: wₙ = 1 - min(d, n / (9 + n)), and
    /// w₁ = 1. TensorFlow's (1 + m) / (10 + m) with m = n - 1, the number of updates after the first.
    case warmedUpExponential(decay: Double = 0.999)
    /// The mean of the parameters after step number `from` and all later ones: wₙ = 1 / n.
    ///
    /// Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, "Averaging weights leads to wider optima and better
    /// generalization", 2018. PyTorch's `AveragedModel` counts the updates, and it is the caller who begins at a step.
    case equal(from: Int = 1)

    func validate() throws(StepError) {
      do throws(SettingError) {
        switch self {
        case .exponential(let decay), .warmedUpExponential(let decay):
          try SettingError.check(decay >= 0 && decay < 1, "WeightAverage.decay", decay, "0 <= decay < 1")
        case .equal(let first):
          try SettingError.check(first >= 1, "WeightAverage.from", Double(first), "from >= 1")
        }
      } catch { throw .invalidSetting(error) }
    }

    /// wₙ.
    func share(ofUpdate n: Int) -> Double {
      guard n > 1 else { return 1 }
      let n = Double(n)
      return switch self {
      // 1 - dⁿ without the difference of two numbers close to 1.
      case .exponential(let decay): (1 - decay) / -expm1(n * log1p(decay - 1))
      case .warmedUpExponential(let decay): 1 - min(decay, n / (9 + n))
      case .equal: 1 / n
      }
    }

    func counts(_ step: Int) -> Bool {
      if case .equal(let first) = self { step >= first } else { true }
    }
  }

  /// All that an average has seen.
  public typealias State = KeptWeightsState<Scalar, Method>

  /// How much each of the averaged parameters counts.
  public let method: Method
  private var average: KeptWeights<Scalar>

  /// An average of nothing, for the tensors of a layout.
  /// - Throws: `StepError` for a setting out of range.
  public init(_ method: Method, threads: Int? = nil, for layout: Layout) throws(StepError) {
    try method.validate()
    self.method = method
    average = try KeptWeights(.finite, layout: layout, threads: threads)
  }

  /// An average of nothing, for a vector, which errors and states call "parameters".
  /// - Throws: `StepError` for a setting out of range.
  public init(_ method: Method, threads: Int? = nil, count: Int) throws(StepError) {
    try self.init(method, threads: threads, for: .oneVector(count))
  }

  // MARK: - Updates

  /// Takes the parameters into the average.
  /// - Parameter report: What the step that moved the parameters returned.
  /// - Returns: Whether they count: the step was applied, and is not before the first one of an equal average.
  /// - Throws: `StepError` for parameters of another layout, or one that is not finite; nothing has changed then.
  @discardableResult
  public mutating func update(
    with parameters: ParameterSet<Scalar>, after report: StepReport
  ) throws(StepError) -> Bool {
    makeUnique()
    try average.use(reading: parameters)
    return try update(after: report)
  }

  /// Takes a list of tensors into the average.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func update(with parameters: [Tensor<Scalar>], after report: StepReport) throws(StepError) -> Bool {
    makeUnique()
    try average.use(reading: parameters)
    return try update(after: report)
  }

  /// Takes a vector into the average.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func update(with parameters: [Scalar], after report: StepReport) throws(StepError) -> Bool {
    try update(with: parameters.span, after: report)
  }

  /// Takes a vector into the average.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  public mutating func update(with parameters: Span<Scalar>, after report: StepReport) throws(StepError) -> Bool {
    makeUnique()
    return try parameters.withUnsafeBufferPointer { (x) throws(StepError) in
      try average.use(reading: x)
      return try update(after: report)
    }
  }

  private func update(after report: StepReport) throws(StepError) -> Bool {
    guard report.outcome == .applied, method.counts(report.step) else { return false }
    try average.refuseNonFiniteParameters()
    average.run(average.updates == 0 ? .keep : .average(share: method.share(ofUpdate: average.updates + 1)))
    average.updates += 1
    average.completedSteps = report.step
    return true
  }

  // MARK: - State

  /// How many parameters are in the average.
  public var updates: Int { average.updates }

  /// The average; nil while it is of nothing.
  /// - Cost: a copy of the weights.
  public func evaluationPoint() -> EvaluationPoint<ParameterSet<Scalar>>? {
    guard average.updates > 0 else { return nil }
    return EvaluationPoint(
      ParameterSet(copying: average.slab, layout: average.layout), completedSteps: average.completedSteps)
  }

  /// All that the average has seen.
  public func state() -> State { average.state(method) }

  /// Goes on from a state with the same method and tensors, which are matched by name.
  /// - Throws: `StateError` with every difference; nothing has been loaded then.
  public mutating func load(_ state: State) throws(StateError) {
    makeUnique()
    try average.load(state, settings: method)
  }

  /// The only way to change: after it nobody else shares the average.
  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&average) { average = average.copy() }
  }
}
