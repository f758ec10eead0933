public import Tensors

/// Turns gradients into steps: clipping, learning rate, weight decay and an update rule, with the state that they keep.
///
/// ```swift
/// var x = [3.0, -4.0]
/// var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .norm(1), count: x.count)
/// for _ in 1...100 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }
/// ```
///
/// A value: a copy is a snapshot, and steps of one do not show in the other. It can be sent between tasks and live in an
/// actor. A step happens whole or not at all: where it throws, parameters, state, clock and controllers are as they were.
/// The result of a step does not depend on the number of threads, nor on whether the tensors are in one slab, in a list, or
/// in arrays of the caller's own.
public struct Optimizer<Scalar: TensorScalar>: Sendable {
  var engine: StepEngine<Scalar>

  /// Told of every step that returns, before `step` does, with the report that `step` returns: of steps that were taken, that
  /// were skipped, and of gradients that were only accumulated; not of dry runs, and not of steps that throw.
  ///
  /// ```swift
  /// optimizer.observer = { report in
  ///   logger.debug("\(report)")                                       // a Logger of swift-log
  ///   learningRate.record(report.learningRate)                        // a Gauge of swift-metrics
  ///   if report.clipFactor < 1 { clippedSteps.increment() }           // a Counter of swift-metrics
  /// }
  /// ```
  ///
  /// It is not part of the state: a checkpoint does not have it, `load(_:)` and a `DivergenceGuard` that goes back leave it. A
  /// copy of the optimizer has the same observer, and may call it at the same time from another task. It runs inside `step`, on
  /// the caller's thread: a step takes as much longer, and allocates as much, as it does.
  public var observer: (@Sendable (StepReport) -> Void)?

  /// An optimizer for the tensors of a layout.
  ///
  /// - Parameters:
  ///   - rule: How a gradient moves a parameter.
  ///   - learningRate: The rate: a number, a schedule, or a schedule with controllers.
  ///   - clipping: Bounds on the gradient.
  ///   - weightDecay: How weights are pulled towards zero, where a group does not say otherwise.
  ///   - groups: Tensors with settings of their own.
  ///   - accumulation: How many gradients make one step: their mean. Calls of `step` before the last add to it and say so
  ///     in their report; clock, schedule and controllers know of applied updates alone. The norm is taken while the last
  ///     gradient is added, so that clipping costs no pass of its own.
  ///   - options: How a step is carried out.
  ///   - layout: Names and shapes of the tensors.
  /// - Throws: `StepError` naming a setting that is out of range, a group's tensor that is unknown or in two groups.
  public init(
    _ rule: any UpdateRule, learningRate: LearningRate, clipping: GradientClipping = .none,
    weightDecay: WeightDecay = .none, groups: [ParameterGroup] = [], accumulating accumulation: Int = 1,
    options: ExecutionOptions = ExecutionOptions(), for layout: Layout
  ) throws(StepError) {
    let settings = OptimizerSettings(
      rule: rule, clipping: clipping, weightDecay: weightDecay, groups: groups, accumulation: accumulation,
      options: options)
    try settings.validate(with: learningRate)
    try learningRate.validate()
    engine = try StepEngine(settings, learningRate: learningRate, layout: layout)
  }

  /// An optimizer for one vector, which errors and checkpoints call "parameters".
  /// - Throws: `StepError` naming a setting that is out of range.
  public init(
    _ rule: any UpdateRule, learningRate: LearningRate, clipping: GradientClipping = .none,
    weightDecay: WeightDecay = .none, accumulating accumulation: Int = 1,
    options: ExecutionOptions = ExecutionOptions(), count: Int
  ) throws(StepError) {
    try self.init(
      rule, learningRate: learningRate, clipping: clipping, weightDecay: weightDecay, accumulating: accumulation,
      options: options, for: .oneVector(count))
  }

  /// Names and shapes of the tensors.
  public var layout: Layout { engine.layout }
  /// Tensors with settings of their own.
  public var groups: [ParameterGroup] { engine.settings.groups }
  /// The number of updates applied so far: the clock of every schedule.
  public var completedSteps: Int { engine.completedSteps }
  /// The learning rate, with what its controllers have seen.
  public var learningRate: LearningRate { engine.learningRate }
  /// How steps are carried out.
  public var options: ExecutionOptions { engine.settings.options }
  /// How many steps in a row were skipped.
  public var consecutiveSkips: Int { engine.consecutiveSkips }

  /// ‖g‖₂ of one tensor's gradient in the last step that read it, or nil where no tensor has this name.
  public func gradientNorm(of tensor: String) -> ScaledNorm? {
    engine.layout.position(of: tensor).map { engine.gradientNorms.norm(ofTensor: $0) }
  }

  /// Tells the controllers how the run is doing, e.g. the loss after an epoch: plateaus listen.
  /// - Throws: `StepError.invalidSetting` where a controller refuses a metric that is not finite.
  public mutating func report(metric: Double) throws(StepError) {
    var learningRate = engine.learningRate
    do { try learningRate.report(metric) } catch { throw .invalidSetting(error) }
    makeUnique()
    engine.learningRate = learningRate
  }

  /// Replaces the groups in the middle of a run: tensors are frozen or thawed, get another rate, decay, limit or rule.
  ///
  /// Clock, learning rate and state stay. A tensor keeps the arrays that its new rule has under the same names; those that it
  /// did not have begin as they would at the first step.
  /// - Throws: `StepError` as `init`; nothing has changed then.
  public mutating func regroup(_ groups: [ParameterGroup]) throws(StepError) {
    let old = engine.settings
    let settings = OptimizerSettings(
      rule: old.rule, clipping: old.clipping, weightDecay: old.weightDecay, groups: groups,
      accumulation: old.accumulation, options: old.options)
    try settings.validate(with: engine.learningRate)
    let regrouped = try StepEngine<Scalar>(settings, learningRate: engine.learningRate, layout: engine.layout)
    regrouped.adopt(engine)
    engine = regrouped
  }

  /// Multiplies the learning rate of every step from now on, as after a divergence. The product of all calls is part of
  /// the state.
  /// - Throws: `StepError.invalidSetting` where the factor is negative or not finite.
  public mutating func scaleLearningRate(by factor: Double) throws(StepError) {
    let multiplier = engine.learningRate.multiplier * factor
    do {
      try SettingError.check(factor >= 0 && multiplier.isFinite, "factor", factor, "0 <= factor < infinity")
    } catch { throw .invalidSetting(error) }
    setMultiplier(multiplier)
  }

  mutating func setMultiplier(_ multiplier: Double) {
    makeUnique()
    engine.learningRate.multiplier = multiplier
  }

  /// The only way to change: after it nobody else shares the engine.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&engine) { engine = engine.copy() }
  }
}
