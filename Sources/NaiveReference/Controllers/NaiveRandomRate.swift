// The rate that is drawn anew at each step.

/// eps / sqrt(U) with U uniform in (0, 1], at most a cap.
///
/// A draw depends on the seed, the number of completed steps and an index alone, so it can be repeated in any order.
/// The seed is Philox's key (low word, high word), the counter is (step low, step high, index low, index high).
public enum NaiveRandomRate {
  /// U = (r + 1/2) / 2^53 with r the upper 53 bits of the first two words. Never 0; 1 only where r + 1/2 rounds to 2^53.
  public static func uniform(seed: UInt64, step: UInt64, index: UInt64 = 0) -> Double {
    let words = NaivePhilox.block(
      counter: (NaivePhilox.low(step), NaivePhilox.high(step), NaivePhilox.low(index), NaivePhilox.high(index)),
      key: (NaivePhilox.low(seed), NaivePhilox.high(seed)))
    let r = (UInt64(words.0) << 32 | UInt64(words.1)) >> 11
    return (Double(r) + 0.5) / 9_007_199_254_740_992  // 2^53
  }

  /// One rate for all elements.
  public static func rate(epsilon: Double, seed: UInt64, step: UInt64, cap: Double) -> Double {
    rate(epsilon: epsilon, uniform: uniform(seed: seed, step: step), cap: cap)
  }

  /// A rate for each element of a named tensor.
  public static func rates(
    epsilon: Double, seed: UInt64, step: UInt64, tensor name: String, count: Int, cap: Double
  ) -> [Double] {
    let seed = tensorSeed(seed, name: name)
    return (0..<count).map { index in
      rate(epsilon: epsilon, uniform: uniform(seed: seed, step: step, index: UInt64(index)), cap: cap)
    }
  }

  /// min(cap, eps / sqrt(U)).
  public static func rate(epsilon: Double, uniform: Double, cap: Double) -> Double {
    min(cap, epsilon / uniform.squareRoot())
  }

  /// The seed of a tensor: the first two words (low, high) drawn from its name's hash under the common seed.
  ///
  /// The other two counter words, "nametens" in ASCII, keep these draws apart from those of the steps.
  public static func tensorSeed(_ seed: UInt64, name: String) -> UInt64 {
    let hash = hash(name)
    let words = NaivePhilox.block(
      counter: (NaivePhilox.low(hash), NaivePhilox.high(hash), 0x6E61_6D65, 0x7465_6E73),
      key: (NaivePhilox.low(seed), NaivePhilox.high(seed)))
    return UInt64(words.1) << 32 | UInt64(words.0)
  }

  /// FNV-1a with 64 bits (Fowler, Noll, Vo) over the name's UTF-8 bytes.
  public static func hash(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return hash
  }
}
