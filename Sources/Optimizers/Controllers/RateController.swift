internal import Tensors

/// What reacts to the run and takes part in the learning rate: a small value with state of its own.
///
/// A controller makes a rate of a rate, from what is known of the step, and changes nothing by it; when the step has been
/// taken it takes note. So a step that throws leaves every controller as it was.
protocol RateController: Sendable, Codable, Hashable {
  /// What it must know of a step beside the clock.
  var needs: RateNeeds { get }

  /// What it makes of a rate.
  func rate(_ rate: Double, at step: RateStep) throws(StepError) -> Double

  /// Takes note of a step that was taken with this learning rate, the clip factor in it.
  mutating func advance(past step: RateStep, rate: Double)

  /// Takes note of a reported metric.
  mutating func report(_ metric: Double) throws(SettingError)

  /// The same settings with nothing seen.
  var withoutState: Self { get }

  /// Checks the settings.
  func validate() throws(SettingError)
}

extension RateController {
  var needs: RateNeeds { [] }
  mutating func advance(past step: RateStep, rate: Double) {}
  mutating func report(_ metric: Double) throws(SettingError) {}
  var withoutState: Self { self }
}

/// What controllers must know of a step.
struct RateNeeds: OptionSet {
  let rawValue: Int

  /// ‖θ‖₂ at every step.
  static let parameterNorm = RateNeeds(rawValue: 1 << 0)
  /// ‖θ‖₂ at the first step.
  static let initialParameterNorm = RateNeeds(rawValue: 1 << 1)
  /// ‖g‖₂ before clipping.
  static let gradientNorm = RateNeeds(rawValue: 1 << 2)
  /// ‖θ - θ₀‖₂, with θ₀ the parameters of the first step.
  static let distance = RateNeeds(rawValue: 1 << 3)
  /// ⟨g, g₋⟩ with the gradient of the step before.
  static let gradientProduct = RateNeeds(rawValue: 1 << 4)
  /// ⟨s, s⟩, ⟨s, y⟩ and ⟨y, y⟩ with s = θ - θ₋ and y = g - g₋.
  static let secants = RateNeeds(rawValue: 1 << 5)
}

/// What is known of a step when its rate is made.
struct RateStep {
  /// The number of updates applied before.
  var completedSteps: Int
  /// The loss at the parameters of the step, if the caller told it.
  var loss: Double?
  /// ‖θ‖₂ in the scope that is asked for.
  var parameterNorm = ScaledNorm(0)
  /// ‖g‖₂ of all gradients together, before clipping.
  var gradientNorm = ScaledNorm(0)
  /// ‖θ - θ₀‖₂.
  var distance = ScaledNorm(0)
  /// ⟨g, g₋⟩; 0 at the first step.
  var gradientProduct = ScaledProduct(mantissa: 0)
  /// ⟨s, s⟩, ⟨s, y⟩ and ⟨y, y⟩; 0 at the first step.
  var secants = Secants()

  struct Secants {
    var parameters = ScaledProduct(mantissa: 0)
    var mixed = ScaledProduct(mantissa: 0)
    var gradients = ScaledProduct(mantissa: 0)
  }

  /// The loss, for a controller that cannot do without.
  func loss(for controller: String) throws(StepError) -> Double {
    guard let loss else { throw .missingLoss(controller: controller, step: completedSteps + 1) }
    guard loss.isFinite else { throw .nonFiniteLoss(loss, step: completedSteps + 1) }
    return loss
  }
}
