import Descent
import TestSupport
import Testing

@Suite struct DivergenceGuardTests {
  private typealias Guard = DivergenceGuard<Double, [Double]>

  /// A run whose loss is told by a script after some steps.
  private func makeRun() throws -> (Optimizer<Double>, [Double]) {
    (try Optimizer(SGD(momentum: 0.5), learningRate: 0.1, count: 2), [1, -1])
  }

  @Test func aJumpGoesBackToTheSnapshotWithASmallerRate() throws {
    var (optimizer, x) = try makeRun()
    var guardian = try Guard(.init(window: 5, interval: 4))
    var snapshot: ([Double], [[Double]])?
    for step in 0..<10 {
      if step == 8 { snapshot = (x, try optimizer.slot("momentum")) }
      #expect(try guardian.inspect(loss: 1 - 0.01 * Double(step), parameters: &x, optimizer: &optimizer) == .kept)
      try optimizer.step(&x, gradient: x)
    }
    let limit = guardian.limit
    // Median 0.93, MAD 0.01: the floor of 0.0093 is smaller than 0.014826.
    #expect(abs(limit - (0.93 + 6 * 0.014826)) < 1e-12)
    let verdict = try guardian.inspect(loss: 1.1, parameters: &x, optimizer: &optimizer)
    #expect(verdict == .rolledBack(toStep: 8, loss: 1.1, limit: limit))
    #expect(x == snapshot!.0 && optimizer.completedSteps == 8)
    #expect(try optimizer.slot("momentum") == snapshot!.1)
    #expect(try optimizer.dryRun(x, gradient: x).learningRate == 0.05)
    // The point is looked at again and is no jump; the next one halves the rate once more.
    #expect(try guardian.inspect(loss: 0.92, parameters: &x, optimizer: &optimizer) == .kept)
    try optimizer.step(&x, gradient: x)
    guard case .rolledBack(toStep: 8, _, _) = try guardian.inspect(loss: .nan, parameters: &x, optimizer: &optimizer)
    else {
      Issue.record("a NaN is a jump")
      return
    }
    #expect(x == snapshot!.0)
    #expect(try optimizer.dryRun(x, gradient: x).learningRate == 0.025)
  }

  @Test func withoutAJumpARunIsUntouched() throws {
    var (watched, x) = try makeRun()
    var (alone, y) = try makeRun()
    var guardian = try Guard()
    var generator = SeededGenerator(seed: 97)
    for _ in 0..<60 {
      let noise = Double.random(in: 0...0.2, using: &generator)
      #expect(try guardian.inspect(loss: x[0] * x[0] + noise, parameters: &x, optimizer: &watched) == .kept)
      try watched.step(&x, gradient: x)
      try alone.step(&y, gradient: y)
    }
    #expect(x == y)
  }

  @Test func whatCannotBeMendedIsSaid() throws {
    var (optimizer, x) = try makeRun()
    var guardian = try Guard(.init(limit: 2))
    #expect(throws: DivergenceError.noSnapshot(loss: .infinity, step: 1)) {
      try guardian.inspect(loss: .infinity, parameters: &x, optimizer: &optimizer)
    }
    _ = try guardian.inspect(loss: 1, parameters: &x, optimizer: &optimizer)
    for _ in 0..<2 { _ = try guardian.inspect(loss: .infinity, parameters: &x, optimizer: &optimizer) }
    let before = x
    let error = try #require(throws: DivergenceError.self) {
      try guardian.inspect(loss: .infinity, parameters: &x, optimizer: &optimizer)
    }
    #expect(error.description.contains("2 times") && x == before)
  }

  @Test func settingsOutOfRangeAreNamed() throws {
    for (name, settings) in [
      ("window", .init(window: 1)), ("deviations", .init(deviations: 0)), ("deviations", .init(deviations: .infinity)),
      ("floor", .init(floor: -1)),
      ("factor", .init(factor: 1)), ("interval", .init(interval: 0)), ("limit", .init(limit: 0)),
    ] as [(String, Guard.Settings)] {
      let error = try #require(throws: SettingError.self) { try Guard(settings) }
      #expect(error.name == "DivergenceGuard.\(name)")
    }
  }
}
