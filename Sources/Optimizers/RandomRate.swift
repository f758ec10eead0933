internal import Schedules

/// A random learning rate: η = min(cap, ε / √U) with U uniform in (0, 1).
///
/// ε is the value of the schedule. ε / √U is Pareto-distributed with shape 2 and scale ε: it is never below ε, its mean
/// is 2 ε and its variance is infinite; P(η > a) = (ε / a)². So a cap must be stated (`infinity` is allowed); 10 ε is
/// reached at 1 % of the steps. The draw is a function of the seed and the step, and per element of the tensor's name and
/// the flat index too: not of threads, layout or what was drawn before.
public struct RandomRate: Sendable, Codable, Hashable {
  /// How many draws a step makes.
  public enum Draw: String, Sendable, Codable {
    /// One for all elements.
    case shared
    /// One for each element.
    case perElement
  }

  /// The largest rate; positive, `infinity` allowed.
  public var cap: Double
  /// Which sequence of draws.
  public var seed: UInt64
  /// How many draws a step makes.
  public var draw: Draw

  /// A rate of at most `cap`.
  public init(cap: Double, seed: UInt64, draw: Draw = .shared) {
    (self.cap, self.seed, self.draw) = (cap, seed, draw)
  }

  /// min(cap, ε / √U).
  func rate(_ epsilon: Double, uniform: Double) -> Double { min(cap, epsilon / uniform.squareRoot()) }

  func validate() throws(SettingError) {
    try SettingError.check(cap > 0, "RandomRate.cap", cap, "cap > 0 (infinity is allowed)")
  }
}

extension RandomRate {
  private enum CodingKeys: String, CodingKey { case cap, seed, draw }

  /// Reads a rate; an infinite cap is the string "inf".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      cap: Double(coded: try container.decode(Double.Coded.self, forKey: .cap)),
      seed: try container.decode(UInt64.self, forKey: .seed), draw: try container.decode(Draw.self, forKey: .draw))
  }

  /// Writes a rate; an infinite cap is the string "inf", because JSON has no infinity.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cap.coded, forKey: .cap)
    try container.encode(seed, forKey: .seed)
    try container.encode(draw, forKey: .draw)
  }
}
