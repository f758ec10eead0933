#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Memory for scalars: 64-byte aligned, zeroed, freed once.
///
/// Large buffers begin on a huge page and ask for huge pages, which is worth 2 to 10 % in memory-bound steps.
package struct AlignedBuffer<Scalar: TensorScalar>: ~Copyable, @unchecked Sendable {
  // Unchecked for the pointer: a buffer has one owner, whose gate for writing is the only one.
  package let base: UnsafeMutablePointer<Scalar>
  package let count: Int

  package static var alignment: Int { 64 }

  /// Zeros. `count` must fit in memory: shapes are checked for overflow where they are made.
  package init(zeros count: Int) {
    let hugePage = 2 << 20
    let bytes = max(1, count) * MemoryLayout<Scalar>.stride
    let isLarge = bytes >= 4 * hugePage
    // Whole pages where there is one to fill: parameters, gradients and state then lie alike within their pages. A little
    // less than a multiple of 4096 bytes apart, loads of one wait for stores to the other, and a step takes up to twice
    // as long.
    let alignment = isLarge ? hugePage : bytes >= 4096 ? 4096 : Self.alignment
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
    #if os(Linux)
      if isLarge { madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    base = memory.bindMemory(to: Scalar.self, capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
    self.count = count
  }

  /// A copy of `count` scalars.
  package init(copying source: UnsafePointer<Scalar>, count: Int) {
    self.init(zeros: count)
    base.update(from: source, count: count)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}
