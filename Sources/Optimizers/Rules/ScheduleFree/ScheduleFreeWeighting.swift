internal import CKernels
internal import Schedules
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How much step k counts in the average of a schedule-free rule: wₖ = kʳ · (largest learning rate so far)ᵖ.
public struct ScheduleFreeWeighting: Sendable, Codable, Hashable {
  /// r: above 0, later steps count more.
  public var stepPower: Double
  /// p: above 0, the steps of a warm-up count less.
  public var ratePower: Double

  /// A weighting with schedulefree's defaults.
  public init(stepPower: Double = 0, ratePower: Double = 2) {
    (self.stepPower, self.ratePower) = (stepPower, ratePower)
  }

  func validate() throws(SettingError) {
    for (name, power) in [("stepPower", stepPower), ("ratePower", ratePower)] {
      try SettingError.check(
        Hyperparameter.Range.notNegative.contains(power), "ScheduleFreeWeighting.\(name)", power,
        "0 <= \(name) < infinity")
    }
  }

  /// The largest rate, and Σ wᵢ / wₖ; 0 while all weights are 0.
  ///
  /// The sum is kept in units of the last weight, wₖ₋₁ / wₖ = (the quotient of the largest rates)ᵖ ((k - 1) / k)ʳ: rates of
  /// any size then neither overflow nor vanish.
  /// - Parameter rateFactor: What the rule multiplies the learning rate by.
  func memory(after step: Step, rateFactor: Double = 1) -> RuleMemory {
    let before = step.memory[0]
    let largest = max(before, step.learningRate * rateFactor)
    guard largest > 0 || ratePower == 0 else { return RuleMemory(largest, 0) }
    let k = Double(step.number)
    let growth = largest > 0 ? pow(before / largest, ratePower) : 1
    return RuleMemory(largest, 1 + step.memory[1] * growth * pow((k - 1) / k, stepPower))
  }

  /// c and β.
  func average(at step: Step, rateFactor: Double = 1, interpolation: Double) -> descent_schedule_free_average {
    let relativeWeights = memory(after: step, rateFactor: rateFactor)[1]
    let c = relativeWeights > 0 ? 1 / relativeWeights : 0
    return descent_schedule_free_average(
      kept: 1 - c, gain: c, towards_iterate: 1 - interpolation, towards_average: interpolation)
  }
}

/// What all schedule-free rules do once they know by how much z moves.
enum ScheduleFreeAverage {
  /// z, in slot 0, and x, in slot 1.
  static var slots: [String] { ["iterate", "average"] }

  /// Moves z by -`step`, and x towards z; and makes y of both.
  @inline(__always)
  static func move<L: Lanes>(
    _ y: inout L, by step: L, state: inout Slots<L>, _ c: descent_schedule_free_average
  ) {
    let (z, x) = (L.begun(state[0], at: y), L.begun(state[1], at: y))
    state[0] = z - step
    state[1] = L(c.kept) * x + L(c.gain) * state[0]
    y = L(c.towards_iterate) * state[0] + L(c.towards_average) * state[1]
  }
}
