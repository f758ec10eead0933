internal import CKernels
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Work that is cut into chunks which may be done in any order, on any thread.
package protocol ChunkedWork: AnyObject, Sendable {
  /// Does one chunk.
  func perform(chunk: Int)
}

/// Runs chunks of work on several threads, so that what is computed cannot depend on how many there are.
///
/// Chunks are claimed: each participant takes from its own range first, which keeps its part of the data in its
/// cache, and then steals from the others. The caller takes part and waits only for chunks that somebody is working
/// on, never for a worker that has not begun; so a worker that the system does not run costs nothing.
/// A second caller, and the child of a fork, do their chunks alone.
package enum Workers {
  /// The most threads that are ever used.
  package static let limit = 64

  /// Below this many elements one thread is faster, or not much slower: two passes of a step pay for two handovers, of
  /// 0.4 µs each where a cache line passes from core to core in 30 ns, of 1.4 µs where it takes 160 ns. Clipped SGD on
  /// 10,000 Doubles then takes 2.0 and 4.5 µs with two threads, 2.4 with one; on 20,000 it takes 3.2 and 6.2, and 4.7.
  private static let smallestShared = 16_000
  /// Below this many elements workers that have gone to sleep are mostly left asleep: to wake one costs the caller 2 to
  /// 5 µs.
  private static let smallestWaking = 50_000
  private static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  private static let pool = Pool()

  /// Does every chunk in `0 ..< chunks`, and returns when all are done.
  ///
  /// - Parameters:
  ///   - elements: How many numbers the work is about; decides whether to share it.
  ///   - threads: The largest number of threads; nil for one per processor.
  ///   - backwards: Each participant goes through its own range from the end: a second pass then begins with what the
  ///     first left in the cache.
  package static func run(
    _ work: any ChunkedWork, chunks: Int, elements: Int, threads: Int?, backwards: Bool = false
  ) {
    let participants = min(threads ?? processors, limit, chunks)
    if participants > 1, elements >= smallestShared, chunks <= Int32.max,
      pool.run(
        work, chunks: chunks, participants: participants, backwards: backwards, wakes: elements >= smallestWaking)
    {
      return
    }
    for chunk in 0..<chunks { work.perform(chunk: backwards ? chunks - 1 - chunk : chunk) }
  }
}

/// The chunks of one participant's range that nobody has claimed: the first in the lower half of the word, the end in
/// the upper. A cache line of its own, so that participants do not slow each other.
private struct Unclaimed: ~Copyable {
  let range = Atomic<UInt64>(0)
  let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
}

/// What a worker needs to know of the current job, in a cache line of its own: it watches `number`, and with that gets
/// the rest.
private struct Board: ~Copyable {
  let before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
  /// Counts jobs.
  let number = Atomic<Int>(0)
  let participants = Atomic<Int>(0)
  // Written while every range is empty, read only by who has claimed a chunk. A job with a claimed chunk that has not
  // been counted is not over, so these cannot change under a reader.
  unowned(unsafe) var work: any ChunkedWork
  var chunks = 0
  var backwards = false
  let after: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

  init(_ work: any ChunkedWork) { self.work = work }

  func range(of participant: Int) -> Range<Int> {
    let width = participants.load(ordering: .relaxed)
    return chunks * participant / width..<chunks * (participant + 1) / width
  }
}

/// The number of chunks done in all jobs so far, in a cache line of its own.
private struct Finished: ~Copyable {
  let before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
  let chunks = Atomic<Int>(0)
  let after: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
}

private final class Pool: @unchecked Sendable {
  // Unchecked for what is not atomic: only the caller that holds `isBusy` writes it, or who holds the mutex.
  private let isBusy = Atomic<Bool>(false)
  private let isForkedChild = Atomic<Bool>(false)
  private let board: UnsafeMutablePointer<Board>
  private let finished = Finished()
  private let sleepers = Atomic<Int>(0)
  private let unclaimed: UnsafeMutablePointer<Unclaimed>
  private var started = 1
  /// The number of chunks of all jobs so far.
  private var chunksBegun = 0
  /// How many jobs in a row were too small to wake a worker for.
  private var jobsLeftToCaller = 0

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unclaimed = .allocate(capacity: Workers.limit)
    for i in 0..<Workers.limit { (unclaimed + i).initialize(to: Unclaimed()) }
    mutex.initialize(to: pthread_mutex_t())
    wake.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    board = .allocate(capacity: 1)
    board.initialize(to: Board(NoWork.shared))
    Pool.forked = self
    pthread_atfork(nil, nil) { Pool.forked?.isForkedChild.store(true, ordering: .relaxed) }
  }

  // The fork handler cannot capture.
  nonisolated(unsafe) private static var forked: Pool?

  /// Does the job, or returns false where it should be done by the caller alone.
  func run(
    _ work: any ChunkedWork, chunks: Int, participants: Int, backwards: Bool, wakes: Bool
  ) -> Bool {
    guard !isForkedChild.load(ordering: .relaxed) else { return false }
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    defer { isBusy.store(false, ordering: .releasing) }
    while started < participants, startWorker() {}
    let width = min(participants, started)
    guard width > 1 else { return false }
    let wakes = wakes || isTimeToWake()
    guard wakes || sleepers.load(ordering: .relaxed) < started - 1 else { return false }
    chunksBegun += chunks
    board.pointee.participants.store(width, ordering: .relaxed)
    board.pointee.work = work
    board.pointee.chunks = chunks
    board.pointee.backwards = backwards
    for i in 0..<width {
      let range = board.pointee.range(of: i)
      let word = UInt64(range.upperBound) << 32 | UInt64(range.lowerBound)
      unclaimed[i].range.store(word, ordering: .releasing)
    }
    board.pointee.number.add(1, ordering: .sequentiallyConsistent)
    if wakes, sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)
    }
    takePart(as: 0)
    var pauses = 0
    while finished.chunks.load(ordering: .acquiring) < chunksBegun {
      descent_pause()
      pauses += 1
      if pauses > 20_000 { sched_yield() }
    }
    return true
  }

  /// Whether small jobs have come often enough. In a loop of them the workers, once awake, stay so; for one now and then
  /// the price is a sixteenth of waking.
  private func isTimeToWake() -> Bool {
    guard sleepers.load(ordering: .relaxed) == started - 1 else { return false }
    jobsLeftToCaller += 1
    guard jobsLeftToCaller >= 16 else { return false }
    jobsLeftToCaller = 0
    return true
  }

  /// Claims and does chunks until none is left: the own range first, then the others'.
  private func takePart(as participant: Int) {
    let participants = board.pointee.participants.load(ordering: .relaxed)
    guard participant < participants else { return }
    for step in 0..<participants {
      takeChunks(of: participant + step < participants ? participant + step : participant + step - participants)
    }
  }

  /// Claims and does chunks of a participant's range until none is left. The job is fetched once and the chunks are
  /// counted once: doing so for every chunk would pass cache lines to and fro.
  private func takeChunks(of owner: Int) {
    guard var place = claim(from: owner) else { return }
    var done = 0
    do {
      let (work, range, backwards) = (board.pointee.work, board.pointee.range(of: owner), board.pointee.backwards)
      while true {
        work.perform(chunk: backwards ? range.upperBound - 1 - (place - range.lowerBound) : place)
        done += 1
        guard let next = claim(from: owner) else { break }
        place = next
      }
    }
    // The last access to the job: once its chunks are counted, it can be over.
    finished.chunks.add(done, ordering: .releasing)
  }

  /// The next chunk of a participant's range, whatever job is current now.
  private func claim(from owner: Int) -> Int? {
    var word = unclaimed[owner].range.load(ordering: .acquiring)
    while true {
      let first = word & 0xffff_ffff
      guard first < word >> 32 else { return nil }
      let (exchanged, original) = unclaimed[owner].range.weakCompareExchange(
        expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
      if exchanged { return Int(first) }
      word = original
    }
  }

  // MARK: - Workers

  private final class Start {
    let pool: Pool
    let participant: Int
    init(_ pool: Pool, participant: Int) { (self.pool, self.participant) = (pool, participant) }
  }

  /// Starts one more worker with all signals blocked, so that the host's handlers run on the host's threads.
  private func startWorker() -> Bool {
    let start = Unmanaged.passRetained(Start(self, participant: started))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        #else
          let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        #endif
        return start.pool.work(as: start.participant)
      }, start.toOpaque())
    guard result == 0 else {
      start.release()
      return false
    }
    #if canImport(Darwin)
      pthread_detach(thread!)
    #else
      pthread_detach(thread)
    #endif
    started += 1
    return true
  }

  private func work(as participant: Int) -> UnsafeMutableRawPointer? {
    var seen = 0
    while true {
      takePart(as: participant)
      seen = nextJob(after: seen)
    }
  }

  /// Waits for a job: spins for 50 µs, then sleeps.
  private func nextJob(after seen: Int) -> Int {
    let end = nanoseconds() + 50_000
    repeat {
      for _ in 0..<32 {
        let current = board.pointee.number.load(ordering: .acquiring)
        if current != seen { return current }
        descent_pause()
      }
    } while nanoseconds() < end
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    var current = board.pointee.number.load(ordering: .sequentiallyConsistent)
    while current == seen {
      pthread_cond_wait(wake, mutex)
      current = board.pointee.number.load(ordering: .sequentiallyConsistent)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
    return current
  }

  private func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

private final class NoWork: ChunkedWork {
  static let shared = NoWork()
  func perform(chunk: Int) {}
}
