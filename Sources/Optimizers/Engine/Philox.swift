internal import Tensors

/// The counter-based generator Philox4x32-10: random words as a pure function of a key and a counter.
///
/// A draw belongs to a step and an element, not to the draws before it, so a resumed run or another number of threads
/// draws the same. Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
package struct Philox: Sendable {
  private let key: (UInt32, UInt32)

  /// The generator of a seed.
  package init(seed: UInt64) { key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)) }

  /// The generator of a seed's draws for the elements of a tensor: keyed by the tensor's name, so that neither its place
  /// in a layout nor the number of other tensors matters.
  package init(seed: UInt64, tensor: String) {
    let hash = fnv1a(tensor.utf8.lazy.map { UInt64($0) })
    let words = Philox(seed: seed).words(
      UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32), 0x6e61_6d65, 0x7465_6e73)
    self.init(seed: UInt64(words.1) << 32 | UInt64(words.0))
  }

  /// Four random words for a counter.
  package func words(
    _ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = (c0, c1, c2, c3)
    var (k0, k1) = key
    for round in 0..<10 {
      if round > 0 { (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85) }
      let p0 = c0.multipliedFullWidth(by: 0xD251_1F53)
      let p1 = c2.multipliedFullWidth(by: 0xCD9E_8D57)
      (c0, c1, c2, c3) = (p1.high ^ c1 ^ k0, p1.low, p0.high ^ c3 ^ k1, p0.low)
    }
    return (c0, c1, c2, c3)
  }

  /// A uniform number for a step and an index: (r + ½) / 2⁵³ with 53 random bits r, so never 0 and never 1.
  package func uniform(step: Int, index: Int = 0) -> Double {
    let (t, i) = (UInt64(step), UInt64(index))
    let words = words(
      UInt32(truncatingIfNeeded: t), UInt32(truncatingIfNeeded: t >> 32),
      UInt32(truncatingIfNeeded: i), UInt32(truncatingIfNeeded: i >> 32))
    let bits = (UInt64(words.0) << 32 | UInt64(words.1)) >> 11
    return (Double(bits) + 0.5) * 0x1p-53
  }
}
