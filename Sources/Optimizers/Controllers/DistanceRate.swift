public import Tensors

/// A learning rate from the distance to the start and the gradients so far: DoG and DoWG, which have no rate to tune.
///
///     r̄ = max(r₀, ‖θᵢ - θ₀‖₂ so far)
///     DoG     η = rate · r̄ / √(Σ ‖gᵢ‖₂² + ε)
///     DoWG    η = rate · r̄² / (√(Σ r̄ᵢ² ‖gᵢ‖₂²) + ε)
///
/// of the gradients before clipping and without weight decay. Ivgi, Hinder and Carmon, "DoG is SGD's best friend", 2023;
/// Khaled, Mishchenko and Jin, "DoWG unleashed", 2023. Both papers evaluate an average of the iterates. In Optax a weight
/// decay is part of the gradient whose norm is taken; add it to the gradient to have the same.
public struct DistanceRate: Sendable, Codable, Hashable {
  /// Which of the two.
  public enum Form: String, Sendable, Codable {
    /// Distance over gradients.
    case dog
    /// Distance over weighted gradients.
    case dowg
  }

  /// Where the distance begins.
  public enum Beginning: Sendable, Codable, Hashable {
    /// r₀ = share · (1 + ‖θ₀‖₂); 1e-6 in the paper on DoG, 1e-4 with batch normalisation.
    case relative(Double)
    /// r₀ itself.
    case distance(Double)
    /// The rate of the first step; r₀ = 0 afterwards. For DoG.
    case rate(Double)
  }

  /// Which of the two.
  public var form: Form
  /// Where the distance begins.
  public var beginning: Beginning
  /// ε in the denominator.
  public var epsilon: Double

  /// What the controller has seen.
  public struct State: Sendable, Codable, Hashable {
    /// r̄, the largest distance so far.
    public internal(set) var distance = 0.0
    /// √Σ ‖gᵢ‖₂², or √Σ r̄ᵢ² ‖gᵢ‖₂².
    public internal(set) var gradientSum = ScaledNorm(0)
  }

  /// What the controller has seen; part of what a checkpoint keeps.
  public internal(set) var state = State()

  init(_ form: Form, beginning: Beginning, epsilon: Double) {
    (self.form, self.beginning, self.epsilon) = (form, beginning, epsilon)
  }

  /// Distance over gradients, with the paper's defaults.
  public static func dog(beginning: Beginning = .relative(1e-6), epsilon: Double = 1e-8) -> DistanceRate {
    DistanceRate(.dog, beginning: beginning, epsilon: epsilon)
  }

  /// Distance over weighted gradients, with Optax's defaults: r₀² = ε = 1e-4.
  public static func dowg(beginning: Beginning = .distance(1e-2), epsilon: Double = 1e-4) -> DistanceRate {
    DistanceRate(.dowg, beginning: beginning, epsilon: epsilon)
  }
}

extension DistanceRate: RateController {
  var needs: RateNeeds {
    if case .relative = beginning {
      [.distance, .gradientNorm, .initialParameterNorm]
    } else {
      [.distance, .gradientNorm]
    }
  }

  func rate(_ rate: Double, at step: RateStep) -> Double {
    if step.completedSteps == 0, case .rate(let first) = beginning { return rate * first }
    let state = state(at: step)
    guard state.gradientSum.mantissa > 0 || epsilon > 0 else { return 0 }
    switch form {
    case .dog:
      return rate * ScaledNorm.hypotenuse(state.gradientSum, ScaledNorm(epsilon.squareRoot())).dividing(state.distance)
    case .dowg:
      let (square, sum) = (state.distance * state.distance, state.gradientSum.value)
      return rate * (sum < .infinity ? square / (sum + epsilon) : state.gradientSum.dividing(square))
    }
  }

  mutating func advance(past step: RateStep, rate: Double) { state = state(at: step) }

  var withoutState: Self {
    var copy = self
    copy.state = State()
    return copy
  }

  private func state(at step: RateStep) -> State {
    var state = state
    if step.completedSteps == 0 {
      state.distance =
        switch beginning {
        case .relative(let share): share * (1 + step.parameterNorm.value)
        case .distance(let distance): distance
        case .rate: 0
        }
    } else {
      state.distance = max(state.distance, step.distance.value)
    }
    let term = form == .dog ? step.gradientNorm : step.gradientNorm.times(state.distance)
    state.gradientSum = .hypotenuse(state.gradientSum, term)
    return state
  }

  func validate() throws(SettingError) {
    let (name, value) =
      switch beginning {
      case .relative(let share): ("relative", share)
      case .distance(let distance): ("distance", distance)
      case .rate(let rate): ("rate", rate)
      }
    try SettingError.check(
      value > 0 && value.isFinite, "DistanceRate.beginning.\(name)", value, "0 < \(name) < infinity")
    if case .rate = beginning {
      try SettingError.check(form == .dog, "DistanceRate.beginning.rate", value, "a distance for DoWG")
    }
    try SettingError.check(epsilon >= 0 && epsilon.isFinite, "DistanceRate.epsilon", epsilon, "0 <= epsilon < infinity")
  }
}
