internal import Schedules

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A random learning rate: with U uniform in (0, 1) and ε the value of the schedule,
///
///     pareto        η = min(cap, ε / √U)
///     logUniform    η = ε (cap / ε)^U, between ε and the cap
///
/// ε / √U is Pareto-distributed with shape 2 and scale ε: it is never below ε, its mean is 2 ε and its variance is
/// infinite; P(η > a) = (ε / a)². So a cap must be stated (`infinity` is allowed); 10 ε is reached at 1 % of the steps.
/// The log-uniform rate gives every factor the same chance, and needs a finite cap. The draw is a function of the seed and the step, and per element of the tensor's name and
/// the flat index too: not of threads, layout or what was drawn before.
public struct RandomRate: Sendable, Codable, Hashable {
  /// How many draws a step makes.
  public enum Draw: String, Sendable, Codable {
    /// One for all elements.
    case shared
    /// One for each element.
    case perElement
  }

  /// How rates are distributed.
  public enum Distribution: String, Sendable, Codable {
    /// ε / √U.
    case pareto
    /// Uniform in the logarithm.
    case logUniform
  }

  /// The largest rate; positive, `infinity` allowed.
  public var cap: Double
  /// Which sequence of draws.
  public var seed: UInt64
  /// How many draws a step makes.
  public var draw: Draw
  /// How rates are distributed.
  public var distribution: Distribution

  /// A rate of at most `cap`.
  public init(cap: Double, seed: UInt64, draw: Draw = .shared, distribution: Distribution = .pareto) {
    (self.cap, self.seed, self.draw, self.distribution) = (cap, seed, draw, distribution)
  }

  /// The rate for a uniform number.
  func rate(_ epsilon: Double, uniform: Double) -> Double {
    switch distribution {
    case .pareto: min(cap, epsilon / uniform.squareRoot())
    case .logUniform:
      epsilon > 0 && epsilon < cap ? min(cap, epsilon * exp(uniform * log(cap / epsilon))) : min(cap, epsilon)
    }
  }

  /// The largest rate that can be drawn.
  func largestRate(_ epsilon: Double) -> Double {
    distribution == .pareto ? rate(epsilon, uniform: 0x1p-54) : rate(epsilon, uniform: 1)
  }
}

extension RandomRate: RateController {
  func rate(_ epsilon: Double, at step: RateStep) -> Double {
    rate(epsilon, uniform: Philox(seed: seed).uniform(step: step.completedSteps))
  }

  func validate() throws(SettingError) {
    let isBounded = distribution == .pareto || cap < .infinity
    try SettingError.check(
      cap > 0 && isBounded, "RandomRate.cap", cap,
      distribution == .pareto ? "cap > 0 (infinity is allowed)" : "0 < cap < infinity")
  }
}

extension RandomRate {
  private enum CodingKeys: String, CodingKey { case cap, seed, draw, distribution }

  /// Reads a rate; an infinite cap is the string "inf".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      cap: Double(coded: try container.decode(Double.Coded.self, forKey: .cap)),
      seed: try container.decode(UInt64.self, forKey: .seed), draw: try container.decode(Draw.self, forKey: .draw),
      distribution: try container.decode(Distribution.self, forKey: .distribution))
  }

  /// Writes a rate; an infinite cap is the string "inf", because JSON has no infinity.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cap.coded, forKey: .cap)
    try container.encode(seed, forKey: .seed)
    try container.encode(draw, forKey: .draw)
    try container.encode(distribution, forKey: .distribution)
  }
}
