internal import Schedules
internal import Tensors

/// A learning rate that falls as the parameters grow: η = min(cap, ε / ‖θ‖₂).
///
/// ε is the value of the schedule, so it can be warmed up or decayed like any rate. At θ = 0 the quotient is infinite, and
/// next to it the step explodes, so a cap must be stated; `infinity` is allowed and then θ = 0 is refused as an
/// invalid rate. A tensor without elements, or that takes no part in a step, has the cap, or 0 where that is infinite.
public struct NormBasedRate: Sendable, Codable, Hashable {
  /// The largest rate; positive, `infinity` allowed.
  public var cap: Double
  /// Whose norm sets the rate.
  public var scope: Scope

  /// A rate of at most `cap`.
  public init(cap: Double, scope: Scope = .global) { (self.cap, self.scope) = (cap, scope) }

}

extension NormBasedRate: RateController {
  var needs: RateNeeds { .parameterNorm }

  func rate(_ epsilon: Double, at step: RateStep) -> Double {
    guard epsilon > 0 else { return epsilon }
    guard step.parameterNorm.mantissa > 0 else { return cap }
    return min(cap, step.parameterNorm.dividing(epsilon))
  }

  func validate() throws(SettingError) {
    try SettingError.check(cap > 0, "NormBasedRate.cap", cap, "cap > 0 (infinity is allowed)")
  }
}

extension NormBasedRate {
  private enum CodingKeys: String, CodingKey { case cap, scope }

  /// Reads a rate; an infinite cap is the string "inf".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      cap: Double(coded: try container.decode(Double.Coded.self, forKey: .cap)),
      scope: try container.decode(Scope.self, forKey: .scope))
  }

  /// Writes a rate; an infinite cap is the string "inf", because JSON has no infinity.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cap.coded, forKey: .cap)
    try container.encode(scope, forKey: .scope)
  }
}
