public import Schedules
internal import Tensors

/// The learning rate: a schedule, and controllers that react to the run.
///
/// The schedule's value goes through the controllers in their order: a norm-based or random rate takes it as its ε, a
/// plateau multiplies it. So `rate = plateau.multiplier · min(cap, schedule(t) / ‖θ‖)` and the like are compositions.
///
/// ```swift
/// let rate: LearningRate = 0.1
/// let warm = LearningRate(.warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500)))
/// let reacting = LearningRate(0.1, .plateau(Plateau(.minimize, patience: 5)))
/// ```
public struct LearningRate: Sendable, Codable, Equatable {
  /// What reacts to the run.
  public enum Controller: Sendable, Codable, Hashable {
    /// Falls when what is reported stops getting better.
    case plateau(Plateau)
    /// min(cap, ε / ‖θ‖₂).
    case normBased(NormBasedRate)
    /// min(cap, ε / √U).
    case random(RandomRate)
  }

  /// The rate, or the ε of a controller, as a function of the number of applied updates.
  public var schedule: Schedule
  /// What reacts to the run, in the order in which it acts.
  public var controllers: [Controller]

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

  /// ε / √U with a cap.
  public static func random(
    epsilon: Schedule, cap: Double, seed: UInt64, draw: RandomRate.Draw = .shared
  ) -> LearningRate {
    LearningRate(epsilon, .random(RandomRate(cap: cap, seed: seed, draw: draw)))
  }

  /// The rates for the given counts of applied updates, without running anything.
  ///
  /// - Parameter parameterNorm: The ‖θ‖₂ that a norm-based rate is shown for.
  /// - Returns: With what a plateau has made of the rate so far; for a random rate per element, its ε.
  public func preview(_ completedSteps: some Sequence<Int>, parameterNorm: Double = 1) -> [Double] {
    let norm = ScaledNorm(parameterNorm)
    return completedSteps.map { rate(from: schedule.value(after: $0), after: $0, norm: norm) }
  }

  // MARK: - What the engine asks

  /// The scope of the parameters' norm, if a controller needs one.
  var normScope: Scope? {
    for case .normBased(let controller) in controllers { return controller.scope }
    return nil
  }

  /// The controller that draws a rate per element, if there is one.
  var elementWise: RandomRate? {
    for case .random(let controller) in controllers where controller.draw == .perElement { return controller }
    return nil
  }

  /// What the controllers make of the schedule's value at a step. `norm` is of the parameters in the scope of the
  /// norm-based controller. With a rate per element, this is the ε of the draws, and `multiplierAfterDraw` follows them.
  func rate(from scheduled: Double, after completedSteps: Int, norm: ScaledNorm) -> Double {
    var rate = scheduled
    for controller in controllers {
      switch controller {
      case .plateau(let plateau): rate *= plateau.state.multiplier
      case .normBased(let controller): rate = controller.rate(rate, norm: norm)
      case .random(let controller):
        if controller.draw == .perElement { return rate }
        rate = controller.rate(rate, uniform: Philox(seed: controller.seed).uniform(step: completedSteps))
      }
    }
    return rate
  }

  /// What multiplies the draws per element.
  var multiplierAfterDraw: Double {
    var multiplier = 1.0
    for case .plateau(let plateau) in controllers.drop(while: { !$0.drawsPerElement }) {
      multiplier *= plateau.state.multiplier
    }
    return multiplier
  }

  /// Gives every controller that listens a metric.
  mutating func report(_ metric: Double) throws(SettingError) {
    for index in controllers.indices {
      if case .plateau(var plateau) = controllers[index] {
        _ = try plateau.report(metric)
        controllers[index] = .plateau(plateau)
      }
    }
  }

  /// The same settings with nothing seen yet, to compare two runs by.
  var withoutState: LearningRate {
    LearningRate(
      schedule,
      controllers: controllers.map {
        guard case .plateau(var plateau) = $0 else { return $0 }
        plateau.state = Plateau.State()
        return .plateau(plateau)
      })
  }

  func validate() throws(StepError) {
    do { try schedule.validate() } catch { throw .invalidSchedule("\(error)") }
    do throws(SettingError) {
      for controller in controllers { try controller.validate() }
    } catch { throw .invalidSetting(error) }
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

  func validate() throws(SettingError) {
    switch self {
    case .plateau(let controller): try controller.validate()
    case .normBased(let controller): try controller.validate()
    case .random(let controller): try controller.validate()
    }
  }
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant rate.
  public init(floatLiteral value: Double) { self.init(.constant(value)) }
  /// A constant rate.
  public init(integerLiteral value: Int) { self.init(.constant(Double(value))) }
}
