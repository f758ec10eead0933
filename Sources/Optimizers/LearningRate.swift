public import Schedules
internal import Tensors

/// The learning rate: a schedule, and controllers that react to the run.
///
/// The schedule's value goes through the controllers in their order, each making a rate of a rate: a norm-based or random
/// rate takes it as its ε, the others multiply it. So `rate = plateau.multiplier · min(cap, schedule(t) / ‖θ‖)` and the like
/// are compositions, and any schedule warms up or decays what a controller finds.
///
/// ```swift
/// let rate: LearningRate = 0.1
/// let warm = LearningRate(.warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500)))
/// let reacting = LearningRate(0.1, .plateau(Plateau(.minimize, patience: 5)))
/// let polyak = LearningRate(1, .polyak(PolyakRate(cap: 10)))      // then step(&x, gradient: g, loss: f)
/// ```
public struct LearningRate: Sendable, Codable, Equatable {
  /// What reacts to the run.
  public enum Controller: Sendable, Codable, Hashable {
    /// Falls when what is reported stops getting better.
    case plateau(Plateau)
    /// Falls when a line through what is reported is no longer likely to get better.
    case slopePlateau(SlopePlateau)
    /// min(cap, ε / ‖θ‖₂).
    case normBased(NormBasedRate)
    /// min(cap, ε / √U), or log-uniform.
    case random(RandomRate)
    /// (f - f*) / ‖g‖₂².
    case polyak(PolyakRate)
    /// ⟨s, s⟩ / ⟨s, y⟩ and ⟨s, y⟩ / ⟨y, y⟩.
    case barzilaiBorwein(BarzilaiBorweinRate)
    /// Rises while consecutive gradients agree.
    case hypergradient(HypergradientRate)
    /// Distance over gradients: DoG and DoWG.
    case distance(DistanceRate)
  }

  /// The rate, or the ε of a controller, as a function of the number of applied updates.
  public var schedule: Schedule
  /// What reacts to the run, in the order in which it acts.
  public var controllers: [Controller]
  /// What ``Optimizer/scaleLearningRate(by:)`` has made of the rate so far.
  public internal(set) var multiplier = 1.0

  /// A schedule, and controllers in the order in which they act.
  public init(_ schedule: Schedule, _ controllers: Controller...) {
    self.init(schedule, controllers: controllers)
  }

  /// A schedule, and controllers in the order in which they act.
  public init(_ schedule: Schedule, controllers: [Controller]) {
    (self.schedule, self.controllers) = (schedule, controllers)
  }

  /// ε / ‖θ‖₂ with a cap.
  public static func normBased(epsilon: Schedule, cap: Double, scope: Scope = .global) -> LearningRate {
    LearningRate(epsilon, .normBased(NormBasedRate(cap: cap, scope: scope)))
  }

  /// A random rate with a cap: ε / √U, or log-uniform between ε and the cap.
  public static func random(
    epsilon: Schedule, cap: Double, seed: UInt64, draw: RandomRate.Draw = .shared,
    distribution: RandomRate.Distribution = .pareto
  ) -> LearningRate {
    LearningRate(epsilon, .random(RandomRate(cap: cap, seed: seed, draw: draw, distribution: distribution)))
  }

  /// The rates for the given counts of applied updates, without running anything.
  ///
  /// - Parameters:
  ///   - completedSteps: How many updates have been applied before each of the rates.
  ///   - parameterNorm: The ‖θ‖₂ that a norm-based rate is shown for.
  /// - Returns: With what a plateau has made of the rate so far, and without the controllers that need a gradient or a
  ///   loss; for a random rate per element, its ε.
  public func preview(_ completedSteps: some Sequence<Int>, parameterNorm: Double = 1) -> [Double] {
    var shown = self
    shown.controllers = controllers.filter { $0.content.needs.isSubset(of: .parameterNorm) }
    return completedSteps.map { step in
      let value = schedule.value(after: step)
      let step = RateStep(completedSteps: step, parameterNorm: ScaledNorm(parameterNorm))
      return (try? shown.rate(from: value, at: step)) ?? value
    }
  }

  // MARK: - What the engine asks

  /// What the controllers must know of a step.
  var needs: RateNeeds { controllers.reduce(into: []) { $0.formUnion($1.content.needs) } }

  /// The scope of the parameters' norm, if a controller needs one.
  var normScope: Scope? {
    for case .normBased(let controller) in controllers { return controller.scope }
    return needs.contains(.initialParameterNorm) ? .global : nil
  }

  /// The controller that draws a rate per element, if there is one.
  var elementWise: RandomRate? {
    for case .random(let controller) in controllers where controller.draw == .perElement { return controller }
    return nil
  }

  /// What the controllers make of the schedule's value at a step. With a rate per element, this is the ε of the draws, and
  /// `multiplierAfterDraw` follows them.
  func rate(from scheduled: Double, at step: RateStep) throws(StepError) -> Double {
    var rate = scheduled
    for controller in controllers {
      if controller.drawsPerElement { return rate }
      rate = try controller.rate(rate, at: step)
    }
    return rate * multiplier
  }

  /// What multiplies the draws per element.
  var multiplierAfterDraw: Double {
    var multiplier = multiplier
    for case .plateau(let plateau) in controllers.drop(while: { !$0.drawsPerElement }) {
      multiplier *= plateau.state.multiplier
    }
    return multiplier
  }

  /// Lets every controller take note of a step that was taken.
  mutating func advance(past step: RateStep, rate: Double) {
    for index in controllers.indices { controllers[index].advance(past: step, rate: rate) }
  }

  /// Gives every controller that listens a metric.
  mutating func report(_ metric: Double) throws(SettingError) {
    for index in controllers.indices { try controllers[index].content.report(metric) }
  }

  /// The same settings with nothing seen yet, to compare two runs by.
  var withoutState: LearningRate {
    LearningRate(
      schedule,
      controllers: controllers.map {
        var controller = $0
        controller.content = $0.content.withoutState
        return controller
      })
  }

  func validate() throws(StepError) {
    do { try schedule.validate() } catch { throw .invalidSchedule("\(error)") }
    do throws(SettingError) {
      for controller in controllers { try controller.content.validate() }
    } catch { throw .invalidSetting(error) }
    if needs.contains(.initialParameterNorm), normScope != .global {
      throw .invalidSetting(
        SettingError(
          name: "LearningRate.controllers", value: Double(controllers.count),
          requirement: "a norm-based rate of global scope beside a distance relative to the parameters' norm"))
    }
    for following in controllers.drop(while: { !$0.drawsPerElement }).dropFirst() {
      if case .plateau = following { continue }
      throw .invalidSetting(
        SettingError(
          name: "LearningRate.controllers", value: Double(controllers.count),
          requirement: "nothing but plateaus after a random rate per element"))
    }
  }
}

extension LearningRate.Controller {
  var drawsPerElement: Bool { if case .random(let rate) = self { rate.draw == .perElement } else { false } }

  /// The controller itself.
  var content: any RateController {
    get {
      switch self {
      case .plateau(let controller): controller
      case .slopePlateau(let controller): controller
      case .normBased(let controller): controller
      case .random(let controller): controller
      case .polyak(let controller): controller
      case .barzilaiBorwein(let controller): controller
      case .hypergradient(let controller): controller
      case .distance(let controller): controller
      }
    }
    set {
      switch newValue {
      case let controller as Plateau: self = .plateau(controller)
      case let controller as SlopePlateau: self = .slopePlateau(controller)
      case let controller as NormBasedRate: self = .normBased(controller)
      case let controller as RandomRate: self = .random(controller)
      case let controller as PolyakRate: self = .polyak(controller)
      case let controller as BarzilaiBorweinRate: self = .barzilaiBorwein(controller)
      case let controller as HypergradientRate: self = .hypergradient(controller)
      case let controller as DistanceRate: self = .distance(controller)
      default: preconditionFailure("a controller without a case")
      }
    }
  }

  // A step must not allocate, and `content` would: an existential box is too small for most controllers.

  func rate(_ rate: Double, at step: RateStep) throws(StepError) -> Double {
    switch self {
    case .plateau(let controller): controller.rate(rate, at: step)
    case .slopePlateau(let controller): controller.rate(rate, at: step)
    case .normBased(let controller): controller.rate(rate, at: step)
    case .random(let controller): controller.rate(rate, at: step)
    case .polyak(let controller): try controller.rate(rate, at: step)
    case .barzilaiBorwein(let controller): try controller.rate(rate, at: step)
    case .hypergradient(let controller): controller.rate(rate, at: step)
    case .distance(let controller): controller.rate(rate, at: step)
    }
  }

  mutating func advance(past step: RateStep, rate: Double) {
    switch self {
    case .plateau, .slopePlateau, .normBased, .random, .polyak: return
    case .barzilaiBorwein(var controller):
      controller.advance(past: step, rate: rate)
      self = .barzilaiBorwein(controller)
    case .hypergradient(var controller):
      controller.advance(past: step, rate: rate)
      self = .hypergradient(controller)
    case .distance(var controller):
      controller.advance(past: step, rate: rate)
      self = .distance(controller)
    }
  }
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant rate.
  public init(floatLiteral value: Double) { self.init(.constant(value)) }
  /// A constant rate.
  public init(integerLiteral value: Int) { self.init(.constant(Double(value))) }
}
