internal import Schedules
internal import Tensors

/// The life of a step, on memory that others own.
///
///     1  read the gradients tile by tile: norms; refuse what is not finite
///     2  clip factors and learning rates
///     3  the rule's coefficients; a rule that needs sums of its own reads once more for them
///     4  move every tile, backwards
///     5  report; the clock advances
///
/// Everything that can be a scalar is known before the first element is touched. A step allocates nothing: all tables
/// are made with the engine.
final class StepEngine<Scalar: TensorScalar>: ChunkedWork, @unchecked Sendable {
  let settings: OptimizerSettings
  let layout: Layout
  let plan: TilePlan
  let path: StepReport.Path
  /// The largest gradient that the rule can use.
  let largestGradient: Double

  // What a checkpoint keeps.
  var learningRate: LearningRate
  var completedSteps = 0
  var consecutiveSkips = 0
  let slots: [TensorStorage<Scalar>]
  /// What the rule remembers, by unit.
  let memory: UnsafeMutablePointer<RuleMemory>
  /// Set by a step that overflowed a parameter; the next one refuses.
  var overflow: StepReport.Overflow?

  /// The memory of the current step, a pointer per tensor.
  let parameters: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>
  let gradients: UnsafeMutablePointer<UnsafePointer<Scalar>>

  /// The memory of the last step that was checked for overlap, parameters and gradients in turn.
  var separate: UnsafeMutablePointer<UnsafePointer<Scalar>>?

  // Statistics. The 2-norm of the gradient also serves clipping, unless that asks for another.
  let gradientNorms: TileNorms<Scalar>
  let clipNorms: TileNorms<Scalar>?
  let parameterNorms: TileNorms<Scalar>?
  let rateNeeds: RateNeeds
  let rateNormScope: Scope?
  let rateHistory: RateHistory<Scalar>?
  /// The current step as the controllers see it.
  var rateStep = RateStep(completedSteps: 0)
  /// Σ (x after - x before)² of each tile, where it is measured.
  let updates: UnsafeMutablePointer<Double>
  var measuresUpdates = true

  /// A unit is what has one clip factor and one rate: a tensor where some scope is the tensor, else a group.
  let unitsAreTensors: Bool
  let unitCount: Int
  let groups: [ParameterGroup]
  let groupOfTensor: [Int]
  /// The weight decay of each group in the current step.
  let decays: UnsafeMutablePointer<DecayRates>
  let modifiers: UnsafeMutablePointer<Modifiers>
  let coefficients: UnsafeMutableRawPointer
  let coefficientStride: Int
  /// The current step as the rule sees it, by unit.
  let steps: UnsafeMutablePointer<Step>
  /// The sums of the rule's own, by tile, and over what they are taken.
  let measured: UnsafeMutablePointer<MeasuredSums>
  let measuredScope: Scope?
  /// What may change over the run beside the rate.
  let scheduledHyperparameters: [(owner: String, Hyperparameter)]

  /// The rates of the step's elements, where they are drawn one by one.
  var draws: ElementDraws?

  private enum Pass { case read, measure, move }
  private var pass = Pass.read

  init(_ settings: OptimizerSettings, learningRate: LearningRate, layout: Layout) throws(StepError) {
    (self.settings, self.learningRate, self.layout) = (settings, learningRate, layout)
    let (groups, groupOfTensor) = try settings.resolvedGroups(in: layout)
    self.groupOfTensor = groupOfTensor
    self.groups = groups
    path = settings.path(for: learningRate)
    largestGradient = settings.rule.largestGradient(for: Scalar.self)
    plan = TilePlan(counts: layout.entries.map(\.count))
    slots = settings.rule.slots.map { slot in
      let storage = TensorStorage<Scalar>(AlignedBuffer(zeros: layout.slabCount))
      let value = settings.rule.initialValue(ofSlot: slot)
      if value != 0 { storage.buffer.base.update(repeating: Scalar(value), count: layout.slabCount) }
      return storage
    }
    // What is constant was checked with the settings.
    scheduledHyperparameters = settings.hyperparameters.filter { $1.schedule != .constant($1.schedule.value(after: 0)) }

    let (options, clipping) = (settings.options, settings.clipping)
    func norms(_ order: NormOrder, bound: Double = .infinity, plan: TilePlan) -> TileNorms<Scalar> {
      TileNorms(
        plan,
        NormStatistic(
          order: order, backend: options.backend, bound: bound, instructionSet: options.instructionSet),
        groupOfTensor: groupOfTensor)
    }
    gradientNorms = norms(.two, plan: plan)
    if let limit = clipping.normLimit, limit.order != .two || clipping.valueBound != nil {
      clipNorms = norms(limit.order, bound: clipping.valueBound ?? .infinity, plan: plan)
    } else {
      clipNorms = nil
    }
    parameterNorms = learningRate.normScope == nil ? nil : norms(.two, plan: plan)
    (rateNeeds, rateNormScope) = (learningRate.needs, learningRate.normScope)
    rateHistory = RateHistory(rateNeeds, layout: layout, plan: plan, instructionSet: options.instructionSet)

    measuredScope = settings.rule.measuredScope
    unitsAreTensors = [clipping.normLimit?.scope, learningRate.normScope, measuredScope].contains(.tensor)
    unitCount = unitsAreTensors ? layout.entries.count : groups.count
    coefficientStride = type(of: settings.rule).coefficientStride
    let tensors = max(1, layout.entries.count)
    (parameters, gradients) = (.allocate(capacity: tensors), .allocate(capacity: tensors))
    modifiers = .allocate(capacity: max(1, unitCount))
    modifiers.initialize(repeating: Modifiers(), count: max(1, unitCount))
    coefficients = .allocate(byteCount: max(1, unitCount * coefficientStride), alignment: 64)
    memory = .allocate(capacity: max(1, unitCount))
    memory.initialize(repeating: settings.rule.initialMemory, count: max(1, unitCount))
    decays = .allocate(capacity: max(1, groups.count))
    decays.initialize(repeating: DecayRates(), count: max(1, groups.count))
    steps = .allocate(capacity: max(1, unitCount))
    let measuredCount = measuredScope == nil ? 1 : max(1, plan.tiles.count)
    measured = .allocate(capacity: measuredCount)
    measured.initialize(repeating: MeasuredSums(.zero), count: measuredCount)
    updates = .allocate(capacity: max(1, plan.tiles.count))
    updates.initialize(repeating: 0, count: max(1, plan.tiles.count))
    draws = learningRate.elementWise.map { ElementDraws($0, layout: layout) }
  }

  deinit {
    parameters.deallocate()
    gradients.deallocate()
    modifiers.deallocate()
    coefficients.deallocate()
    memory.deallocate()
    decays.deallocate()
    steps.deallocate()
    measured.deallocate()
    updates.deallocate()
    separate?.deallocate()
  }

  /// An engine with the same state and tables of its own.
  func copy() -> StepEngine {
    guard let copy = try? StepEngine(settings, learningRate: learningRate, layout: layout) else {
      preconditionFailure("settings that made one engine make another")
    }
    (copy.completedSteps, copy.consecutiveSkips, copy.overflow) = (completedSteps, consecutiveSkips, overflow)
    copy.memory.update(from: memory, count: unitCount)
    for ((_, target), (_, source)) in zip(copy.arrays, arrays) {
      target.buffer.base.update(from: source.buffer.base, count: layout.slabCount)
    }
    return copy
  }

  /// Takes a step on the memory that `parameters` and `gradients` point to, or rehearses it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func step(isDryRun: Bool, loss: Double?) throws(StepError) -> StepReport {
    if let overflow { throw .parametersOverflowed(overflow) }
    rateStep = RateStep(completedSteps: completedSteps, loss: loss)

    var gradientNorm = ScaledNorm(.nan)
    if needsRead {
      run(.read)
      gradientNorm = combineNorms()
      guard gradientNorm.isFinite else { return try refuseNonFinite(isDryRun: isDryRun) }
      rateStep.gradientNorm = gradientNorm
      if completedSteps > 0 { try rateHistory?.combine(into: &rateStep) }
    }
    let scalars = try prepareUnits(gradientNorm)
    if needsRead { try refuseTooLarge(gradientNorm) }
    if let measuredScope {
      run(.measure)
      try combineSums(measuredScope)
    }
    measuresUpdates = !scalars.isPlain

    let updateNorm: Double
    if isDryRun {
      updateNorm = scalars.isPlain ? scalars.plainUpdateNorm : rehearse()
    } else {
      run(.move)
      updateNorm = finishMove(scalars)
      learningRate.advance(past: rateStep, rate: scalars.largestRate * scalars.smallestFactor)
      for unit in 0..<unitCount { memory[unit] = settings.rule.memory(after: steps[unit]) }
      completedSteps += 1
      consecutiveSkips = 0
    }
    return StepReport(
      step: isDryRun ? completedSteps + 1 : completedSteps, learningRate: scalars.largestRate,
      gradientNorm: gradientNorm.value, clipFactor: scalars.smallestFactor, updateNorm: updateNorm,
      outcome: isDryRun ? .dryRun : .applied, path: path, overflow: overflow)
  }

  /// Whether the gradient is read before it is used: always, unless it is trusted and nothing asks for a norm.
  var needsRead: Bool {
    settings.options.gradientCheck == .checked || settings.clipping.normLimit != nil || !rateNeeds.isEmpty
  }

  private func run(_ pass: Pass) {
    self.pass = pass
    Workers.run(
      self, chunks: plan.chunks.count, elements: plan.count, threads: settings.options.threads,
      backwards: pass == .move)
  }

  func perform(chunk: Int) {
    switch pass {
    case .read: read(chunk)
    case .measure: measure(chunk)
    case .move: move(chunk)
    }
  }
}
