/// A generator of 64-bit numbers that is the same on every platform and in every version.
///
/// Number k (from 1) is a fixed mixing of `start + k * 0x9E3779B97F4A7C15`, so it is a function of its place and could be
/// had without those before it. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014),
/// with the constants of Vigna's reference implementation.
package struct SplitMix64: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// One of many sequences for the same seed. Seed and stream are mixed apart, so that neighbours share no numbers.
  package init(seed: UInt64, stream: UInt64) {
    state = SplitMix64.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ SplitMix64.mixed(~stream)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mixed(state)
  }

  /// A number below `bound`, each equally likely; `bound` is not 0.
  ///
  /// Lemire, "Fast random integer generation in an interval" (2019): the high half of a product, drawn again where the
  /// low half shows that one number would come up more often. The standard library's own method may change.
  package mutating func next(below bound: UInt64) -> UInt64 {
    let excess = (0 &- bound) % bound
    while true {
      let (high, low) = next().multipliedFullWidth(by: bound)
      if low >= excess { return high }
    }
  }

  /// A number of [-1, 1).
  package mutating func nextSymmetric() -> Double { Double(Int64(bitPattern: next()) >> 11) * 0x1p-52 }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
