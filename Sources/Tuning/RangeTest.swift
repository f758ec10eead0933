public import Optimizers
public import Schedules
public import Tensors

/// The learning-rate range test: steps with a rate that grows from far too small to far too large, and the loss watched.
///
/// At step t of T, η_t = η_0 (η_1 / η_0)^(t / (T - 1)). The loss before each step is averaged over the passes, then smoothed
/// as m_t = β m_(t-1) + (1 - β) f_t from m = 0, divided by 1 - β^(t+1). From step `earliestStop` on the test ends where the
/// smoothed loss exceeds `divergenceFactor` times the least so far, and at once where a loss is not finite or a step throws
/// a `StepError`.
///
/// The test steps on copies. Parameters, optimizer and generator of the caller are values, so they are afterwards what they
/// were, bit for bit; a model that is a class must be copied by the caller.
///
/// - Source: Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3; smoothing and the factor 4
///   as in fastai's finder.
/// - Peers: Lightning differentiates against the index of the step with a simple difference, others against the rate itself,
///   which favours small rates; here the slope is d(loss) / d(ln η).
public struct RangeTest: Sendable, Codable, Hashable {
  /// The first rate η_0.
  public var from: Double
  /// The last rate η_1.
  public var to: Double
  /// The number of rates T.
  public var steps: Int
  /// How many runs are averaged; each starts anew, and sees other data if the step takes it by the pass.
  public var passes: Int
  /// β. The smoothed loss lags behind by up to β / (1 - β) steps: a loss without noise wants less.
  public var smoothing: Double
  /// How many times the least smoothed loss ends the test; counted from a negative one as l + (factor - 1) |l|.
  public var divergenceFactor: Double
  /// The number of steps that are taken before that.
  public var earliestStop: Int

  /// A range test.
  public init(
    from: Double = 1e-7, to: Double = 10, steps: Int = 100, passes: Int = 1, smoothing: Double = 0.98,
    divergenceFactor: Double = 4, earliestStop: Int = 10
  ) {
    (self.from, self.to, self.steps, self.passes) = (from, to, steps, passes)
    (self.smoothing, self.divergenceFactor, self.earliestStop) = (smoothing, divergenceFactor, earliestStop)
  }

  /// A step of the test.
  public struct Step: Sendable, Hashable {
    /// Which step, from 0.
    public let index: Int
    /// Which pass, from 0.
    public let pass: Int
    /// The rate to step with.
    public let learningRate: Double
  }

  /// The rates as a schedule, for an optimizer that is made for the test.
  public var sweep: Schedule { .exponential(from: from, factor: to / from, every: steps - 1) }

  /// Runs the test with any model that is a value.
  ///
  /// - Parameters:
  ///   - model: All that a step changes: parameters, optimizer, generator.
  ///   - cancellation: A flag that ends the test.
  ///   - step: Takes one step and returns the loss before it.
  /// - Returns: The curve and what it suggests.
  /// - Throws: `TuningError` naming a setting that is out of range; what `step` throws, unless that is a `StepError`.
  public func run<Model>(
    on model: Model, cancellation: Cancellation? = nil, step: (inout Model, Step) throws -> Double
  ) throws -> RangeTestResult {
    try validate()
    var models = Array(repeating: model, count: passes)
    var curve = LossCurve()
    var average = MovingAverage(smoothing: smoothing)
    let sweep = sweep
    for index in 0..<steps {
      if cancellation?.isCancelled == true { return RangeTestResult(self, curve, .cancelled) }
      let rate = sweep(index)
      var sum = 0.0
      do {
        for pass in 0..<passes {
          sum += try step(&models[pass], Step(index: index, pass: pass, learningRate: rate))
        }
      } catch let error as StepError {
        return RangeTestResult(self, curve, .diverged(learningRate: rate, reason: error.description))
      }
      let loss = sum / Double(passes)
      guard loss.isFinite else {
        return RangeTestResult(self, curve, .diverged(learningRate: rate, reason: "the loss is \(loss.shown)"))
      }
      let smoothed = average.add(loss)
      let best = curve.smoothed.min() ?? smoothed
      curve.append(loss, smoothed: smoothed, at: rate)
      if index >= earliestStop, smoothed > best + (divergenceFactor - 1) * abs(best) {
        let reason = "the smoothed loss \(smoothed) is too far above its minimum \(best)"
        return RangeTestResult(self, curve, .diverged(learningRate: rate, reason: reason))
      }
    }
    return RangeTestResult(self, curve, .completed)
  }

  /// Runs the test with an optimizer of the library, and goes on from the state of one if there is one.
  ///
  /// ```swift
  /// let result = try RangeTest().run(parameters: parameters, state: try optimizer.state()) {
  ///   try Optimizer(SGD(momentum: 0.9), learningRate: $0, for: parameters.layout)
  /// } evaluate: { parameters, step in
  ///   (loss, gradients)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - parameters: Where each pass starts.
  ///   - state: What the optimizer has seen; its learning rate and controllers are put aside.
  ///   - cancellation: A flag that ends the test.
  ///   - optimizer: The optimizer with the rate of the test.
  ///   - evaluate: The loss and its gradients; which data, is for the step's index and pass to say.
  /// - Returns: The curve and what it suggests.
  /// - Throws: `TuningError`; `StateError` where the state belongs to another optimizer; what the closures throw, but for a
  ///   `StepError` while stepping.
  public func run<Scalar: TensorScalar>(
    parameters: ParameterSet<Scalar>, state: OptimizerState<Scalar>? = nil, cancellation: Cancellation? = nil,
    optimizer: (LearningRate) throws -> Optimizer<Scalar>,
    evaluate: (ParameterSet<Scalar>, Step) throws -> (loss: Double, gradients: ParameterSet<Scalar>)
  ) throws -> RangeTestResult {
    try validate()
    let rate = LearningRate(sweep.shifted(by: state?.head.completedSteps ?? 0))
    var start = try optimizer(rate)
    if var state {
      state.head.learningRate = rate
      try start.load(state)
    }
    return try run(on: (parameters: parameters, optimizer: start), cancellation: cancellation) { model, step in
      let (loss, gradients) = try evaluate(model.parameters, step)
      if loss.isFinite { try model.optimizer.step(&model.parameters, gradients: gradients) }
      return loss
    }
  }

  private func validate() throws(TuningError) {
    try TuningError.check(from > 0 && from.isFinite, "RangeTest.from", from, "0 < from < infinity")
    try TuningError.check(
      to > from && (to / from).isFinite, "RangeTest.to", to, "from < to and a finite to / from, with from = \(from)")
    try TuningError.check(steps >= 2, "RangeTest.steps", Double(steps), "steps >= 2")
    try TuningError.check(passes >= 1, "RangeTest.passes", Double(passes), "passes >= 1")
    try TuningError.check(
      smoothing >= 0 && smoothing < 1, "RangeTest.smoothing", smoothing, "0 <= smoothing < 1")
    try TuningError.check(
      divergenceFactor > 1, "RangeTest.divergenceFactor", divergenceFactor, "divergenceFactor > 1 (infinity is allowed)"
    )
    try TuningError.check(earliestStop >= 0, "RangeTest.earliestStop", Double(earliestStop), "earliestStop >= 0")
  }
}
