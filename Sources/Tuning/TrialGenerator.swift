internal import Optimizers

/// Random numbers that belong to a seed: the words of Philox4x32-10, counted from 0 (Salmon et al. 2011).
///
/// A value: a copy draws the same again, and the state is a seed and a count.
public struct TrialGenerator: RandomNumberGenerator, Sendable, Codable, Hashable {
  /// What the draws belong to.
  public let seed: UInt64
  /// The number of draws so far.
  public private(set) var count: UInt64 = 0

  /// The generator of a seed.
  public init(seed: UInt64) { self.seed = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { count &+= 1 }
    let words = Philox(seed: seed).words(
      UInt32(truncatingIfNeeded: count), UInt32(truncatingIfNeeded: count >> 32), 0, 0)
    return UInt64(words.0) << 32 | UInt64(words.1)
  }
}
