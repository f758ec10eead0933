import CFloor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thing that can be timed.
struct Contestant {
  /// Does the operation so many times and returns how many seconds that took.
  let run: (_ repetitions: Int) throws -> Double
  /// How long to wait after a sample until nothing of it is running any more.
  var pauseAfter = 0.0

  /// Times an operation.
  static func timing(pauseAfter: Double = 0, _ operation: @escaping () throws -> Void) -> Contestant {
    Contestant(
      run: { repetitions in
        let start = floor_clock()
        for _ in 0..<repetitions { try operation() }
        return floor_clock() - start
      }, pauseAfter: pauseAfter)
  }
}

/// How often and how long.
struct Sampling: Codable {
  /// Rounds in which every contestant has one turn.
  var rounds: Int
  /// The least time that a sample covers.
  var sampleSeconds: Double

  /// Gives all contestants turns, round after round, and returns the seconds per operation, by contestant and round.
  ///
  /// Turns rather than blocks, because a machine's speed drifts (clock, neighbours): what drifts slowly is the same for
  /// all in one round and cancels in a ratio of that round.
  func takeTurns(_ contestants: [Contestant]) throws -> [[Double]] {
    let repetitions = try contestants.map(calibrate)
    var seconds = [[Double]](repeating: [], count: contestants.count)
    for _ in 0..<rounds {
      for (index, contestant) in contestants.enumerated() {
        seconds[index].append(try sample(contestant, repetitions: repetitions[index]))
      }
    }
    return seconds
  }

  /// The number of repetitions that fills a sample.
  private func calibrate(_ contestant: Contestant) throws -> Int {
    _ = try contestant.run(1)
    var repetitions = 1
    while true {
      let seconds = try contestant.run(repetitions)
      if seconds >= sampleSeconds / 8 {
        pause(contestant.pauseAfter)
        return max(1, Int((1.1 * sampleSeconds / seconds * Double(repetitions)).rounded(.up)))
      }
      repetitions *= 2
    }
  }

  /// The seconds per operation of one sample; the first operation warms caches and threads and does not count.
  private func sample(_ contestant: Contestant, repetitions: Int) throws -> Double {
    _ = try contestant.run(1)
    var (seconds, done) = (0.0, 0)
    repeat {
      seconds += try contestant.run(repetitions)
      done += repetitions
    } while seconds < sampleSeconds
    pause(contestant.pauseAfter)
    return seconds / Double(done)
  }

  private func pause(_ seconds: Double) {
    if seconds > 0 { usleep(UInt32(seconds * 1e6)) }
  }
}

/// A median with the quartiles about it.
struct Spread: Codable {
  var lowerQuartile, median, upperQuartile: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    func quantile(_ fraction: Double) -> Double {
      let place = fraction * Double(sorted.count - 1)
      let lower = Int(place)
      let upper = min(lower + 1, sorted.count - 1)
      return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
    }
    (lowerQuartile, median, upperQuartile) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }

  /// Of the ratios `a[i] / b[i]`, each formed within one round.
  init(of a: [Double], over b: [Double]) { self.init(zip(a, b).map { $0 / $1 }) }
}
