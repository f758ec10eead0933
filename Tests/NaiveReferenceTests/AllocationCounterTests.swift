import CAllocationCounter
import Foundation
import Testing

@Suite(.enabled(if: allocation_counter_is_active())) struct AllocationCounterTests {
  /// The block's result must go somewhere, or the compiler may leave its allocation out.
  @inline(never) private func count(_ body: () -> UnsafeMutableRawPointer?) -> UInt64 {
    let before = allocation_count_of_this_thread()
    let memory = body()
    let after = allocation_count_of_this_thread()
    #expect(memory != nil)
    free(memory)
    return after - before
  }

  @Test func countsEveryWayToTakeMemory() {
    #expect(count { malloc(100) } == 1)
    #expect(count { calloc(10, 10) } == 1)
    #expect(count { realloc(malloc(10), 100_000) } == 2)
    #expect(count { aligned_alloc(64, 128) } == 1)
    #expect(
      count {
        var memory: UnsafeMutableRawPointer?
        return posix_memalign(&memory, 4096, 1 << 20) == 0 ? memory : nil
      } == 1)
    #expect(count { UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16) } == 1)
  }

  @Test func givesMemoryThatIsAlignedAndWritable() {
    for alignment in [16, 64, 4096] {
      let memory = aligned_alloc(alignment, 1 << 16)!
      #expect(Int(bitPattern: memory) % alignment == 0)
      memset(memory, 1, 1 << 16)
      free(memory)
    }
    var memory: UnsafeMutableRawPointer?
    #expect(posix_memalign(&memory, 3, 16) == EINVAL)
  }

  @Test func countsASwiftArrayAndNothingForArithmetic() {
    let before = allocation_count_of_this_thread()
    let array = Array(repeating: Double.random(in: 0...1), count: 1000)
    let afterArray = allocation_count_of_this_thread()
    var sum = 0.0
    for element in array { sum += element }
    let afterSum = allocation_count_of_this_thread()
    #expect(afterArray > before)
    #expect(afterSum == afterArray)
    #expect(sum >= 0)
  }

  @Test func countsOtherThreadsInTheCommonCountOnly() {
    let ended = DispatchSemaphore(value: 0)
    let ownBefore: UInt64
    let allBefore: UInt64
    let thread = Thread {
      // Kept until all are taken: a block that is freed at once need never be taken at all.
      let blocks = (0..<1000).map { malloc($0 + 1) }
      for block in blocks { free(block) }
      ended.signal()
    }
    (ownBefore, allBefore) = (allocation_count_of_this_thread(), allocation_count())
    thread.start()
    ended.wait()
    #expect(allocation_count() - allBefore >= 1000)
    #expect(allocation_count_of_this_thread() - ownBefore < 1000)
  }
}
