public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Sharpness-aware minimization: steps by the gradient at the worst point nearby, to end where the loss is flat.
///
/// With the gradient g at the parameters θ,
///
///     θ̂ ← θ + ρ g / ‖g‖₂              all tensors together; θ̂ is θ where g is zero
///     θ ← the optimizer's step from θ along the gradient at θ̂
///
/// Foret, Kleiner, Mobahi and Neyshabur, "Sharpness-aware minimization for efficiently improving generalization", 2021. The
/// norm neither overflows nor underflows; peers add about 1e-12 to it instead. θ is kept, not made of θ̂ by subtraction.
///
/// ```swift
/// var sam = try SAM<Double>(count: x.count)
/// for _ in 1...1_000 {
///   try sam.step(&x, optimizer: &optimizer) { gradient(at: $0) }
/// }
/// ```
///
/// Where the gradient cannot be a closure, `ascend(_:gradient:)` moves the parameters to θ̂ and
/// `descend(_:gradient:optimizer:loss:)` goes back to θ and steps; the other order is an error. A round happens whole or not
/// at all: where one of its gradients is refused, the parameters are θ again in every bit.
///
/// Nothing is carried from round to round, so a checkpoint between rounds needs the optimizer's state alone. A value, as the
/// optimizer is.
///
/// - Cost: two gradients a step, a read of the first, and two passes over parameters and a copy of them.
public struct SAM<Scalar: TensorScalar>: Sendable {
  /// ρ, how far away the worst point is sought.
  public let radius: Double
  /// Whether the parameters are at θ̂.
  public private(set) var hasAscended = false
  private var kept: KeptWeights<Scalar>

  /// - Parameters:
  ///   - radius: ρ, at least 0; the paper's default.
  ///   - backend: Who takes the norm.
  ///   - threads: The largest number of threads; nil for one per processor. The result does not depend on it.
  ///   - layout: Names and shapes of the tensors.
  /// - Throws: `StepError` for a setting out of range.
  public init(
    radius: Double = 0.05, backend: Backend = .blas, threads: Int? = nil, for layout: Layout
  ) throws(StepError) {
    do {
      try SettingError.check(radius >= 0 && Scalar(radius).isFinite, "SAM.radius", radius, "0 <= radius < infinity")
    } catch { throw .invalidSetting(error) }
    self.radius = radius
    kept = try KeptWeights(NormStatistic(order: .two, backend: backend), layout: layout, threads: threads)
  }

  /// For a vector, which errors call "parameters".
  /// - Throws: `StepError` for a setting out of range.
  public init(
    radius: Double = 0.05, backend: Backend = .blas, threads: Int? = nil, count: Int
  ) throws(StepError) {
    try self.init(radius: radius, backend: backend, threads: threads, for: .oneVector(count))
  }

  // MARK: - Whole rounds

  /// Takes one step.
  /// - Parameters:
  ///   - parameters: What is moved.
  ///   - optimizer: What takes the step.
  ///   - gradients: The gradients at the parameters it is given: it is called at θ and then at θ̂.
  /// - Returns: What the optimizer's step did.
  /// - Throws: `StepError`, or what `gradients` throws; the parameters are then as they were.
  @discardableResult
  public mutating func step(
    _ parameters: inout ParameterSet<Scalar>, optimizer: inout Optimizer<Scalar>,
    gradients: (ParameterSet<Scalar>) throws -> ParameterSet<Scalar>
  ) throws -> StepReport {
    try ascend(&parameters, gradients: gradients(parameters))
    let ahead: ParameterSet<Scalar>
    do { ahead = try gradients(parameters) } catch {
      try retreat(&parameters)
      throw error
    }
    return try descend(&parameters, gradients: ahead, optimizer: &optimizer)
  }

  /// Takes one step on tensors in the layout's order.
  /// - Throws: `StepError`, or what `gradients` throws; the parameters are then as they were.
  @discardableResult
  public mutating func step(
    _ parameters: inout [Tensor<Scalar>], optimizer: inout Optimizer<Scalar>,
    gradients: ([Tensor<Scalar>]) throws -> [Tensor<Scalar>]
  ) throws -> StepReport {
    try ascend(&parameters, gradients: gradients(parameters))
    let ahead: [Tensor<Scalar>]
    do { ahead = try gradients(parameters) } catch {
      try retreat(&parameters)
      throw error
    }
    return try descend(&parameters, gradients: ahead, optimizer: &optimizer)
  }

  /// Takes one step on an array.
  /// - Throws: `StepError`, or what `gradient` throws; the parameters are then as they were.
  @discardableResult
  public mutating func step(
    _ parameters: inout [Scalar], optimizer: inout Optimizer<Scalar>, gradient: ([Scalar]) throws -> [Scalar]
  ) throws -> StepReport {
    try ascend(&parameters, gradient: gradient(parameters))
    let ahead: [Scalar]
    do { ahead = try gradient(parameters) } catch {
      try retreat(&parameters)
      throw error
    }
    return try descend(&parameters, gradient: ahead, optimizer: &optimizer)
  }

  // MARK: - Ascending

  /// Moves the parameters from θ to θ̂, and keeps θ.
  /// - Throws: `StepError.ascendedTwice`, or another for a gradient that is not finite or memory of another layout; nothing
  ///   has changed then.
  public mutating func ascend(
    _ parameters: inout ParameterSet<Scalar>, gradients: ParameterSet<Scalar>
  ) throws(StepError) {
    try beginToAscend()
    try kept.use(&parameters)
    try kept.use(gradients: gradients)
    try ascend()
  }

  /// Moves a list of tensors from θ to θ̂, and keeps θ.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func ascend(
    _ parameters: inout [Tensor<Scalar>], gradients: [Tensor<Scalar>]
  ) throws(StepError) {
    try beginToAscend()
    try kept.use(&parameters)
    try kept.use(gradients: gradients)
    try ascend()
  }

  /// Moves an array from θ to θ̂, and keeps θ.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func ascend(_ parameters: inout [Scalar], gradient: [Scalar]) throws(StepError) {
    var span = parameters.mutableSpan
    try ascend(&span, gradient: gradient.span)
  }

  /// Moves a vector from θ to θ̂, and keeps θ.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func ascend(_ parameters: inout MutableSpan<Scalar>, gradient: Span<Scalar>) throws(StepError) {
    try beginToAscend()
    try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try gradient.withUnsafeBufferPointer { (g) throws(StepError) in
        try kept.use(x)
        try kept.use(gradients: g)
        try ascend()
      }
    }
  }

  private mutating func beginToAscend() throws(StepError) {
    guard !hasAscended else { throw .ascendedTwice }
    if !isKnownUniquelyReferenced(&kept) { kept = kept.copy() }
  }

  private mutating func ascend() throws(StepError) {
    let norm = try kept.gradientNorm(step: kept.updates + 1)
    let factor = Self.factor(radius, over: norm)
    kept.run(.leave(prescale: factor.prescale, scale: factor.scale))
    kept.updates += 1
    hasAscended = true
  }

  /// ρ / ‖g‖ as a power of two and a factor near ρ: the quotient of a small norm can be beyond the range, the product with
  /// an element of g is not.
  private static func factor(_ radius: Double, over norm: ScaledNorm) -> (prescale: Double, scale: Double) {
    guard norm.mantissa > 0 else { return (1, 0) }
    let exponent = -(norm.exponent + Int(norm.mantissa.exponent))
    let (least, greatest) = (Scalar.leastNormalMagnitude.exponent, Scalar.greatestFiniteMagnitude.exponent)
    let first = min(max(exponent, Int(least)), Int(greatest))
    return (scalbn(1, Int32(first)), scalbn(radius / norm.mantissa.significand, Int32(exponent - first)))
  }

  // MARK: - Descending

  /// Moves the parameters back to θ, and takes the optimizer's step from there.
  /// - Parameters:
  ///   - parameters: What has ascended.
  ///   - gradients: The gradients at θ̂.
  ///   - optimizer: What takes the step.
  ///   - loss: The loss that `Optimizer.step` is to be told.
  /// - Returns: What the optimizer's step did.
  /// - Throws: `StepError.notAscended`, or another for parameters of another layout; nothing has changed then. Or what the
  ///   optimizer refuses: the parameters are θ then, the optimizer is as it was, and the round is over.
  @discardableResult
  public mutating func descend(
    _ parameters: inout ParameterSet<Scalar>, gradients: ParameterSet<Scalar>, optimizer: inout Optimizer<Scalar>,
    loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try retreat(&parameters)
    return try optimizer.step(&parameters, gradients: gradients, loss: loss)
  }

  /// Moves a list of tensors back to θ, and takes the optimizer's step from there.
  /// - Throws: `StepError`, as for a parameter set.
  @discardableResult
  public mutating func descend(
    _ parameters: inout [Tensor<Scalar>], gradients: [Tensor<Scalar>], optimizer: inout Optimizer<Scalar>,
    loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try retreat(&parameters)
    return try optimizer.step(&parameters, gradients: gradients, loss: loss)
  }

  /// Moves an array back to θ, and takes the optimizer's step from there.
  /// - Throws: `StepError`, as for a parameter set.
  @discardableResult
  public mutating func descend(
    _ parameters: inout [Scalar], gradient: [Scalar], optimizer: inout Optimizer<Scalar>, loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try retreat(&parameters)
    return try optimizer.step(&parameters, gradient: gradient, loss: loss)
  }

  /// Moves a vector back to θ, and takes the optimizer's step from there.
  /// - Throws: `StepError`, as for a parameter set.
  @discardableResult
  public mutating func descend(
    _ parameters: inout MutableSpan<Scalar>, gradient: Span<Scalar>, optimizer: inout Optimizer<Scalar>,
    loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try retreat(&parameters)
    return try optimizer.step(&parameters, gradient: gradient, loss: loss)
  }

  // MARK: - Giving a round up

  /// Moves the parameters back to θ without a step.
  /// - Throws: `StepError.notAscended`, or another for parameters of another layout; nothing has changed then.
  public mutating func retreat(_ parameters: inout ParameterSet<Scalar>) throws(StepError) {
    try beginToRetreat()
    try kept.use(&parameters)
    retreat()
  }

  /// Moves a list of tensors back to θ without a step.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func retreat(_ parameters: inout [Tensor<Scalar>]) throws(StepError) {
    try beginToRetreat()
    try kept.use(&parameters)
    retreat()
  }

  /// Moves an array back to θ without a step.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func retreat(_ parameters: inout [Scalar]) throws(StepError) {
    var span = parameters.mutableSpan
    try retreat(&span)
  }

  /// Moves a vector back to θ without a step.
  /// - Throws: `StepError`; nothing has changed then.
  public mutating func retreat(_ parameters: inout MutableSpan<Scalar>) throws(StepError) {
    try beginToRetreat()
    try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try kept.use(x)
      retreat()
    }
  }

  private mutating func beginToRetreat() throws(StepError) {
    guard hasAscended else { throw .notAscended }
    if !isKnownUniquelyReferenced(&kept) { kept = kept.copy() }
  }

  private mutating func retreat() {
    kept.run(.goBack)
    hasAscended = false
  }
}
