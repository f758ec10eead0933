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
  // Unchecked: an optimizer owns it and copies it before the first write to a shared one; chunks write tiles of their own.
  let settings: OptimizerSettings
  let layout: Layout
  let plan: TilePlan
  /// The optimizer's rule, then those of groups that have one.
  let rules: [RuleRun<Scalar>]
  /// The rules' types, which the sweeps are called on.
  let ruleTypes: [any UpdateRule.Type]
  /// What is moved as a whole, if anything is.
  let whole: WholeTensors<Scalar>?
  /// The largest gradient that every rule can use.
  let leastLargestGradient: Double
  /// How elements are moved, where rules differ in the slowest way.
  let path: StepReport.Path

  // What a checkpoint keeps, beside the rules' arrays. Unchecked, here as below: the optimizer that steps is held exclusively,
  // and the checks would take a tenth of a small step.
  @exclusivity(unchecked) var learningRate: LearningRate
  var completedSteps = 0
  var consecutiveSkips = 0
  /// What the rules remember, by unit.
  let memory: UnsafeMutablePointer<RuleMemory>
  let accumulator: GradientAccumulator<Scalar>?
  /// Set by a step that overflowed a parameter; the next one refuses.
  var overflow: StepReport.Overflow?

  /// The memory of the current step, a pointer per tensor.
  let parameters: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>
  let gradients: UnsafeMutablePointer<UnsafePointer<Scalar>>
  /// The gradients as they were before clipping by unit, which controllers remember; `gradients` itself without it.
  let unclippedGradients: UnsafeMutablePointer<UnsafePointer<Scalar>>
  /// Rule, slots and unit of each tensor.
  let places: UnsafeMutablePointer<TensorPlace<Scalar>>

  /// Whether some tensor had no gradient in the last step.
  var leavesOut = false

  /// The memory of the last step that was checked for overlap, parameters and gradients in turn.
  var separate: UnsafeMutablePointer<UnsafePointer<Scalar>>?

  // Statistics. The 2-norm of the gradient also serves clipping, unless that asks for another.
  let gradientNorms: TileNorms<Scalar>
  let clipNorms: TileNorms<Scalar>?
  let parameterNorms: TileNorms<Scalar>?
  let adaptiveClip: AdaptiveClip<Scalar>?
  let rateNeeds: RateNeeds
  let rateNormScope: Scope?
  let rateHistory: RateHistory<Scalar>?
  /// The current step as the controllers see it.
  @exclusivity(unchecked) var rateStep = RateStep(completedSteps: 0)
  /// Σ (x after - x before)² of each tile, where it is measured.
  let updates: UnsafeMutablePointer<Double>
  var measuresUpdates = true

  /// A unit is what has one clip factor and one rate: a tensor where some scope is the tensor, else a group.
  let unitsAreTensors: Bool
  let unitCount: Int
  let groups: [ParameterGroup]
  let groupOfTensor: [Int]
  let tensorsOfGroup: [[Int]]
  let groupScalars: UnsafeMutablePointer<GroupScalars>
  /// Groups whose weight decay changes over the run.
  let scheduledDecays: [(group: Int, decay: WeightDecay)]
  let modifiers: UnsafeMutablePointer<Modifiers>
  let coefficients: UnsafeMutableRawPointer
  let coefficientStride: Int
  /// The current step as the rule sees it, by unit.
  let steps: UnsafeMutablePointer<Step>
  /// The sums of the rules' own, by tile.
  let measured: UnsafeMutablePointer<MeasuredSums>
  let measures: Bool
  /// Whether a rule carries numbers from step to step.
  let remembers: Bool
  /// Whether a rule makes the parameters of weights of its own.
  let keepsOwnWeights: Bool
  /// What may change over the run beside the rate.
  let scheduledHyperparameters: [(owner: String, Hyperparameter)]

  /// The rates of the step's elements, where they are drawn one by one.
  @exclusivity(unchecked) var draws: ElementDraws?

  private enum Pass { case read, clipUnits, reread, measure, move }
  private var pass = Pass.read

  init(_ settings: OptimizerSettings, learningRate: LearningRate, layout: Layout) throws(StepError) {
    (self.settings, self.learningRate, self.layout) = (settings, learningRate, layout)
    let (groups, groupOfTensor) = try settings.resolvedGroups(in: layout)
    (self.groups, self.groupOfTensor) = (groups, groupOfTensor)
    var tensorsOfGroup = groups.map { _ in [Int]() }
    for (tensor, group) in groupOfTensor.enumerated() { tensorsOfGroup[group].append(tensor) }
    self.tensorsOfGroup = tensorsOfGroup
    plan = TilePlan(counts: layout.entries.map(\.count))

    var ruleOfGroup: [Int] = []
    var ruleCount = 1
    for group in groups {
      ruleOfGroup.append(group.rule == nil ? 0 : ruleCount)
      if group.rule != nil { ruleCount += 1 }
    }
    rules = settings.rules.enumerated().map { number, rule in
      RuleRun(
        rule, tensors: layout.entries.indices.filter { ruleOfGroup[groupOfTensor[$0]] == number }, of: layout,
        path: settings.path(of: rule, for: learningRate))
    }
    ruleTypes = settings.rules.map { type(of: $0) }
    leastLargestGradient = rules.map(\.largestGradient).reduce(.infinity, min)
    path = rules.map(\.path).max() ?? .body
    whole = WholeTensors(rules, layout: layout, threads: settings.options.threads)
    measures = rules.contains { $0.measuredScope != nil }
    remembers = settings.rules.contains { !$0.memory.isEmpty }
    keepsOwnWeights = rules.contains { $0.rule.keepsOwnWeights && !$0.tensors.isEmpty }
    // What is constant was checked with the settings.
    scheduledHyperparameters = settings.hyperparameters.filter { $1.schedule != .constant($1.schedule.value(after: 0)) }

    let (options, clipping) = (settings.options, settings.clipping)
    func norms(_ order: NormOrder, bound: Double = .infinity, plan: TilePlan) -> TileNorms<Scalar> {
      TileNorms(
        plan,
        NormStatistic(
          order: order, backend: options.backend, bound: bound, instructionSet: options.instructionSet),
        groupOfTensor: groupOfTensor, groupCount: groups.count)
    }
    gradientNorms = norms(.two, plan: plan)
    adaptiveClip = clipping.adaptive.map { AdaptiveClip($0, layout: layout) }
    if let limit = settings.normLimits.first,
      limit.order != .two || clipping.valueBound != nil || clipping.adaptive != nil
    {
      clipNorms = norms(limit.order, bound: clipping.valueBound ?? .infinity, plan: plan)
    } else {
      clipNorms = nil
    }
    parameterNorms = learningRate.normScope == nil ? nil : norms(.two, plan: plan)
    (rateNeeds, rateNormScope) = (learningRate.needs, learningRate.normScope)
    rateHistory = RateHistory(rateNeeds, layout: layout, plan: plan, instructionSet: options.instructionSet)
    accumulator =
      settings.accumulation == 1 ? nil : GradientAccumulator(count: settings.accumulation, layout: layout)

    unitsAreTensors =
      (settings.normLimits.map(\.scope) + [learningRate.normScope] + rules.map(\.measuredScope)).contains(.tensor)
    unitCount = unitsAreTensors ? layout.entries.count : groups.count
    coefficientStride = settings.rules.map { type(of: $0).coefficientStride }.max() ?? 0
    let (tensors, units) = (max(1, layout.entries.count), max(1, unitCount))
    (parameters, gradients) = (.allocate(capacity: tensors), .allocate(capacity: tensors))
    unclippedGradients = adaptiveClip == nil ? gradients : .allocate(capacity: tensors)
    modifiers = .allocate(capacity: units)
    modifiers.initialize(repeating: Modifiers(), count: units)
    coefficients = .allocate(byteCount: max(1, units * coefficientStride), alignment: 64)
    memory = .allocate(capacity: units)
    let decays = groups.map { $0.weightDecay ?? settings.weightDecay }
    scheduledDecays = decays.enumerated().filter { !$1.isConstant }.map { ($0, $1) }
    groupScalars = .allocate(capacity: max(1, groups.count))
    for (number, group) in groups.enumerated() {
      (groupScalars + number).initialize(
        to: GroupScalars(
          group, decay: decays[number], limit: group.normLimit ?? clipping.normLimit, rule: ruleOfGroup[number],
          rules[ruleOfGroup[number]].rule))
    }
    steps = .allocate(capacity: units)
    let measuredCount = measures ? max(1, plan.tiles.count) : 1
    measured = .allocate(capacity: measuredCount)
    measured.initialize(repeating: MeasuredSums(.zero), count: measuredCount)
    updates = .allocate(capacity: max(1, plan.tiles.count))
    updates.initialize(repeating: 0, count: max(1, plan.tiles.count))
    draws = learningRate.elementWise.map { ElementDraws($0, layout: layout) }
    places = .allocate(capacity: tensors)
    placeTensors()
    for unit in 0..<unitCount { memory[unit] = rule(ofUnit: unit).initialMemory }
  }

  deinit {
    parameters.deallocate()
    gradients.deallocate()
    if adaptiveClip != nil { unclippedGradients.deallocate() }
    places.deallocate()
    modifiers.deallocate()
    coefficients.deallocate()
    memory.deallocate()
    groupScalars.deallocate()
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
    copy.adopt(self)
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
      useAccumulated()
      gradientNorm = combineNorms()
      guard gradientNorm.isFinite else { return try refuseNonFinite(isDryRun: isDryRun) }
      if let accumulator, !accumulator.isLast { return accumulated(gradientNorm, isDryRun: isDryRun) }
      rateStep.gradientNorm = gradientNorm
      if completedSteps > 0 { try rateHistory?.combine(into: &rateStep) }
      if let adaptiveClip { clipUnits(adaptiveClip) }
    }
    let scalars = try prepareUnits(gradientNorm)
    if needsRead { try refuseTooLarge(gradientNorm) }
    if measures {
      run(.measure)
      try combineSums()
    }
    measuresUpdates = !scalars.isPlain

    let updateNorm: Double
    if isDryRun {
      updateNorm = scalars.isPlain ? scalars.plainUpdateNorm : rehearse()
    } else {
      run(.move)
      moveWholeTensors()
      updateNorm = finishMove(scalars)
      learningRate.advance(past: rateStep, rate: scalars.largestRate * scalars.smallestFactor)
      if remembers {
        for unit in 0..<unitCount where remembers(unit) {
          memory[unit] = rule(ofUnit: unit).memory(after: steps[unit])
        }
      }
      accumulator?.reset()
      completedSteps += 1
      consecutiveSkips = 0
    }
    return StepReport(
      step: isDryRun ? completedSteps + 1 : completedSteps, loss: loss, learningRate: scalars.largestRate,
      gradientNorm: gradientNorm.value, clipFactor: scalars.smallestFactor, updateNorm: updateNorm,
      outcome: isDryRun ? .dryRun : .applied, path: path, overflow: overflow, keepsOwnWeights: keepsOwnWeights)
  }

  /// Whether what a rule remembers of a unit goes on: not what it has measured of a tensor that takes no part.
  private func remembers(_ unit: Int) -> Bool {
    !unitsAreTensors || places[unit].isActive || rules[places[unit].rule].measuredScope != .tensor
  }

  /// Whether the gradient is read before it is used: always, unless it is trusted and nothing asks for a norm.
  var needsRead: Bool {
    settings.options.gradientCheck == .checked || !settings.normLimits.isEmpty || !rateNeeds.isEmpty
      || accumulator != nil || adaptiveClip != nil
  }

  private func run(_ pass: Pass) {
    self.pass = pass
    Workers.run(
      self, chunks: pass == .clipUnits ? layout.entries.count : plan.chunks.count, elements: plan.count,
      threads: settings.options.threads, backwards: pass == .move)
  }

  /// Clips every unit of every tensor in a copy of the gradient, which then takes the gradient's place.
  private func clipUnits(_ adaptiveClip: AdaptiveClip<Scalar>) {
    run(.clipUnits)
    for tensor in layout.entries.indices {
      unclippedGradients[tensor] = gradients[tensor]
      gradients[tensor] = adaptiveClip.base(of: tensor)
    }
    guard let clipNorms else { return }
    run(.reread)
    clipNorms.combine()
  }

  func perform(chunk: Int) {
    switch pass {
    case .read: read(chunk)
    case .clipUnits:
      guard places[chunk].isActive else { return }
      adaptiveClip?.clip(chunk, UnsafePointer(parameters[chunk]), gradients[chunk])
    case .reread: rereadClipNorms(chunk)
    case .measure: measure(chunk)
    case .move: move(chunk)
    }
  }
}
