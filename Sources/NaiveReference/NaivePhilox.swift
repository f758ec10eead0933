// Random numbers that are a function of a counter and a key, and nothing else.

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011).
///
/// Ten rounds turn four counter words into four random words. In each, two words are multiplied into 64 bits; the low
/// halves stay, the high halves are mixed with the two other words and the key, and the key grows by two constants
/// (the golden ratio and sqrt(3) - 1, in 32 bits).
public enum NaivePhilox {
  /// The random words of a counter under a key.
  public static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let a = UInt64(c0) * 0xD251_1F53
      let b = UInt64(c2) * 0xCD9E_8D57
      (c0, c1, c2, c3) = (
        high(b) ^ c1 ^ k0,
        low(b),
        high(a) ^ c3 ^ k1,
        low(a)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }

  /// The least significant word of a pair.
  static func low(_ pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair) }
  /// The most significant word of a pair.
  static func high(_ pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair >> 32) }
}
