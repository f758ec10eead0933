package import Descent

/// How much is checked.
package struct CheckScale: Sendable {
  /// Decides all numbers that are drawn.
  package var seed: UInt64
  /// A selection instead of everything.
  package var isQuick: Bool
  /// Lengths of vectors: none, one, and around the rows, blocks and tiles of the kernels and beyond.
  package var sizes: [Int]
  /// Numbers of threads.
  package var threads: [Int]
  /// Kernels that this processor can run.
  package var instructionSets = InstructionSet.available

  /// Everything, in about a minute, or a selection, in well under a minute.
  package init(seed: UInt64, isQuick: Bool) {
    (self.seed, self.isQuick) = (seed, isQuick)
    sizes =
      isQuick
      ? [0, 1, 15, 17, 513, 8193, 20_000]
      : [0, 1, 15, 16, 17, 511, 512, 513, 8191, 8192, 8193, 100_000]
    threads = isQuick ? [1, 2, 8] : [1, 2, 4, 8]
  }

  /// Whether a rule is tried with a clip on vectors of this length: every fourth pair on short ones.
  func includes(rule: Int, clip: Int, size: Int) -> Bool {
    // Otherwise one in 13, a prime no larger than the number of clips, so that every rule and every clip has its turn.
    (!isQuick && size <= 600 && (rule + clip) % 4 == 0) || (rule + clip) % 13 == 0
  }

  /// The longest vectors that are clipped by norms of powers. Those norms are checked at every length by themselves.
  var longestSlowClip: Int { isQuick ? 600 : 20_000 }

  /// How many exponents apart extreme magnitudes are tried.
  var exponentStride: Int { isQuick ? 16 : 1 }

  /// All, or a few of them in a quick check: every `stride`-th.
  func selection<Element>(of elements: [Element], stride: Int) -> [Element] {
    isQuick ? elements.enumerated().filter { $0.offset % stride == 0 }.map(\.element) : elements
  }
}
