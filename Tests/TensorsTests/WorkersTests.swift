// The worker pool: every chunk once, whoever does it.

import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct WorkersTests {
  fileprivate final class Counting: ChunkedWork {
    let counts: [Atomic64]
    let body: @Sendable (Int) -> Void
    final class Atomic64: Sendable { let value = Atomic<Int>(0) }
    init(_ chunks: Int, _ body: @escaping @Sendable (Int) -> Void = { _ in }) {
      counts = (0..<chunks).map { _ in Atomic64() }
      self.body = body
    }
    func perform(chunk: Int) {
      body(chunk)
      counts[chunk].value.add(1, ordering: .relaxed)
    }
    var isEachOnce: Bool { counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 } }
  }

  @Test(arguments: [1, 2, 3, 4, 8, 1000], [false, true])
  func everyChunkIsDoneOnce(_ threads: Int, _ backwards: Bool) {
    for chunks in [0, 1, 2, 3, 7, 64, 1000] {
      for elements in [0, 10_000, 1_000_000] {
        let work = Counting(chunks)
        Workers.run(work, chunks: chunks, elements: elements, threads: threads, backwards: backwards)
        #expect(work.isEachOnce, "chunks \(chunks), elements \(elements)")
      }
    }
  }

  @Test func manyJobsInARowLoseNothing() {
    for round in 0..<2000 {
      let work = Counting(5)
      Workers.run(work, chunks: 5, elements: 1_000_000, threads: 4)
      #expect(work.isEachOnce, "round \(round)")
    }
  }

  @Test func callersAtTheSameTimeDoNotMix() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<300).allSatisfy { _ in
            let work = Counting(9)
            Workers.run(work, chunks: 9, elements: 1_000_000, threads: 4)
            return work.isEachOnce
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func workInsideWorkRunsInline() {
    let outer = Counting(4) { _ in
      let inner = Counting(6)
      Workers.run(inner, chunks: 6, elements: 1_000_000, threads: 4)
      precondition(inner.isEachOnce)
    }
    Workers.run(outer, chunks: 4, elements: 1_000_000, threads: 4)
    #expect(outer.isEachOnce)
  }

  @Test func workersThatSleptAreWoken() {
    for _ in 0..<5 {
      Thread.sleep(forTimeInterval: 0.005)
      let work = Counting(64) { _ in Thread.sleep(forTimeInterval: 0.0005) }
      Workers.run(work, chunks: 64, elements: 1_000_000, threads: 2)
      #expect(work.isEachOnce)
    }
  }

  // In a process of its own: OpenBLAS joins its threads before a fork, and waits for ever while others use it.
  @Test func aForkedChildWorksAlone() async {
    await #expect(processExitsWith: .success) {
      Workers.run(Counting(4), chunks: 4, elements: 1_000_000, threads: 4)
      let work = Counting(100)
      // Swift hides fork, because little is safe in the child; this work is.
      typealias Fork = @convention(c) () -> pid_t
      guard let symbol = dlsym(nil, "fork") else { exit(2) }
      let child = unsafeBitCast(symbol, to: Fork.self)()
      if child == 0 {
        Workers.run(work, chunks: 100, elements: 1_000_000, threads: 4)
        _exit(work.isEachOnce ? 0 : 1)
      }
      var status: Int32 = -1
      guard waitpid(child, &status, 0) == child else { exit(3) }
      exit(status == 0 ? 0 : 1)
    }
  }
}
