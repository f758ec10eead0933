public import Tensors

extension Optimizer {
  // MARK: - Parameter sets

  /// Takes one step. No copy of parameters or gradients is made.
  /// - Parameters:
  ///   - parameters: What is moved; of the layout that the optimizer was made for.
  ///   - gradients: A gradient for every tensor, of the same layout.
  ///   - loss: The loss at the parameters, for learning rates that need it; here as in all forms of `step`.
  ///   - absent: Tensors without a gradient, which is not a gradient of zeros: neither they nor their state change, by decay
  ///     and momentum neither, and they are no part of a norm. `gradients` may lack them, and what stands in their place is not looked at.
  /// - Returns: What the step did.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: inout ParameterSet<Scalar>, gradients: ParameterSet<Scalar>, loss: Double? = nil,
    absent: Set<String> = []
  ) throws(StepError) -> StepReport {
    try check(parameters.layout)
    try check(gradients.layout, absent: absent)
    makeUnique()
    engine.use(slab: parameters.mutableBase(), gradients: gradients, absent: absent)
    engine.leaveOut(absent)
    return try takeStep(loss: loss)
  }

  /// What `step` would report; nothing changes.
  /// - Throws: `StepError`, as `step` would.
  public func dryRun(
    _ parameters: ParameterSet<Scalar>, gradients: ParameterSet<Scalar>, loss: Double? = nil, absent: Set<String> = []
  ) throws(StepError) -> StepReport {
    try check(parameters.layout)
    try check(gradients.layout, absent: absent)
    let engine = engine.copy()
    engine.use(slab: parameters.storage.buffer.base, gradients: gradients, absent: absent)
    engine.leaveOut(absent)
    return try engine.step(isDryRun: true, loss: loss)
  }

  // MARK: - Lists of tensors

  /// Takes one step on tensors in the layout's order. No copy is made of a tensor that nobody else shares.
  /// - Parameters:
  ///   - parameters: What is moved.
  ///   - gradients: A gradient for every tensor, in the same order.
  ///   - loss: The loss at the parameters, for learning rates that need it.
  ///   - absent: Tensors without a gradient; what stands in their place is not looked at.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: inout [Tensor<Scalar>], gradients: [Tensor<Scalar>], loss: Double? = nil, absent: Set<String> = []
  ) throws(StepError) -> StepReport {
    try check(parameters)
    try check(gradients, absent: absent)
    makeUnique()
    engine.leaveOut(absent)
    for index in parameters.indices {
      engine.parameters[index] = parameters[index].mutableBase()
      engine.gradients[index] = UnsafePointer(gradients[index].storage.buffer.base)
    }
    return try takeStep(loss: loss)
  }

  /// What `step` would report; nothing changes.
  /// - Throws: `StepError`, as `step` would.
  public func dryRun(
    _ parameters: [Tensor<Scalar>], gradients: [Tensor<Scalar>], loss: Double? = nil, absent: Set<String> = []
  ) throws(StepError) -> StepReport {
    try check(parameters)
    try check(gradients, absent: absent)
    let engine = engine.copy()
    engine.leaveOut(absent)
    for index in parameters.indices {
      engine.parameters[index] = parameters[index].storage.buffer.base
      engine.gradients[index] = UnsafePointer(gradients[index].storage.buffer.base)
    }
    return try engine.step(isDryRun: true, loss: loss)
  }

  // MARK: - One vector of the caller's own

  /// Takes one step on an array, in place.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: inout [Scalar], gradient: [Scalar], loss: Double? = nil
  ) throws(StepError) -> StepReport {
    // Before the array is opened for writing, which would copy one that somebody else shares.
    try check(count: 1)
    try check(elements: parameters.count, of: 0)
    return try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try gradient.withUnsafeBufferPointer { (g) throws(StepError) in try step(x, gradient: g, loss: loss) }
    }
  }

  /// What `step` would report; nothing changes.
  /// - Throws: `StepError`, as `step` would.
  public func dryRun(
    _ parameters: [Scalar], gradient: [Scalar], loss: Double? = nil
  ) throws(StepError) -> StepReport {
    var (parameters, copy) = (parameters, self)
    return try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try gradient.withUnsafeBufferPointer { (g) throws(StepError) in
        try copy.step(x, gradient: g, loss: loss, isDryRun: true)
      }
    }
  }

  /// Takes one step on a span, in place.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: inout MutableSpan<Scalar>, gradient: Span<Scalar>, loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try parameters.withUnsafeMutableBufferPointer { (x) throws(StepError) in
      try gradient.withUnsafeBufferPointer { (g) throws(StepError) in try step(x, gradient: g, loss: loss) }
    }
  }

  /// Takes one step on memory of the caller's own, in place. Any alignment that the type allows will do.
  /// - Throws: `StepError`; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeBufferPointer<Scalar>, loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try step(parameters, gradient: gradient, loss: loss, isDryRun: false)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func step(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeBufferPointer<Scalar>, loss: Double?,
    isDryRun: Bool
  ) throws(StepError) -> StepReport {
    try check(count: 1)
    try check(elements: parameters.count, of: 0)
    try check(elements: gradient.count, of: 0)
    makeUnique()
    engine.leaveOut([])
    engine.use(parameters.baseAddress, gradient: gradient.baseAddress, for: 0)
    try checkSeparate()
    return try takeStep(loss: loss, isDryRun: isDryRun)
  }

  // MARK: - Lists of the caller's own memory

  /// Takes one step on pieces of memory of the caller's own, in the layout's order.
  /// - Throws: `StepError`, among others where two pieces overlap; nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    _ parameters: [UnsafeMutableBufferPointer<Scalar>], gradients: [UnsafeBufferPointer<Scalar>], loss: Double? = nil
  ) throws(StepError) -> StepReport {
    try check(count: parameters.count)
    try check(count: gradients.count)
    for index in parameters.indices {
      try check(elements: parameters[index].count, of: index)
      try check(elements: gradients[index].count, of: index)
    }
    makeUnique()
    engine.leaveOut([])
    for index in parameters.indices {
      engine.use(parameters[index].baseAddress, gradient: gradients[index].baseAddress, for: index)
    }
    try checkSeparate()
    return try takeStep(loss: loss)
  }

  // MARK: - What they have in common

  /// Takes the step whose memory the engine has been given, and tells the observer.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func takeStep(loss: Double?, isDryRun: Bool = false) throws(StepError) -> StepReport {
    let report = try engine.step(isDryRun: isDryRun, loss: loss)
    if !isDryRun, let observer { observer(report) }
    return report
  }
}
