import Descent
import Foundation
import Synchronization
import TestSupport
import Testing

/// The observer receives what `step` returns, and nothing else.
@Suite struct ObserverTests {
  /// Keeps what it is told.
  private final class Witness: Sendable {
    private let seen = Mutex<[StepReport]>([])
    var reports: [StepReport] { seen.withLock { $0 } }
    @Sendable func see(_ report: StepReport) { seen.withLock { $0.append(report) } }
  }

  @Test(arguments: HeldParameters<Double>.Form.allCases)
  func itReceivesTheReportOfEveryFormOfStep(_ form: HeldParameters<Double>.Form) throws {
    let witness = Witness()
    let model = try HeldModels.vector(3)
    var x = try HeldParameters([[1, 2, 3]], model, form)
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .norm(1), for: model.layout)
    optimizer.observer = witness.see
    var returned: [StepReport] = []
    for _ in 1...3 { returned.append(try x.step(&optimizer, [[3, 2, 1]])) }
    #expect(witness.reports == returned)
    #expect(witness.reports.map(\.step) == [1, 2, 3])
  }

  @Test func itReceivesStepsOnMemoryOfTheCallersOwn() throws {
    let witness = Witness()
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, count: 2)
    optimizer.observer = witness.see
    var (x, y): ([Float], [Float]) = ([1, 2], [1, 1])
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        _ = try? optimizer.step(x, gradient: UnsafeBufferPointer(y))
        _ = try? optimizer.step([x], gradients: [UnsafeBufferPointer(y)])
      }
    }
    #expect(witness.reports.map(\.step) == [1, 2])
  }

  @Test func itSeesSkipsAndGatheredGradientsButNoDryRunsAndNoErrors() throws {
    let witness = Witness()
    var x = [1.0, 2.0]
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, accumulating: 2,
      options: ExecutionOptions(nonFiniteGradient: .skip(limit: 1)), count: 2)
    optimizer.observer = witness.see
    _ = try optimizer.dryRun(x, gradient: [1, 1])
    try optimizer.step(&x, gradient: [.nan, 1], loss: 7)
    #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [.nan, 1]) }
    try optimizer.step(&x, gradient: [1, 1], loss: 6)
    try optimizer.step(&x, gradient: [1, 1])
    #expect(witness.reports.map(\.outcome) == [.skipped(consecutive: 1), .accumulated(1, of: 2), .applied])
    #expect(witness.reports.map(\.loss) == [7, 6, nil])
  }

  @Test func itIsNoPartOfTheStateAndGoesWithACopy() throws {
    let (first, second) = (Witness(), Witness())
    var x = [1.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 1)
    optimizer.observer = first.see
    try optimizer.step(&x, gradient: [1])
    var copy = optimizer
    try copy.step(&x, gradient: [1])
    #expect(first.reports.map(\.step) == [1, 2])

    var other = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 1)
    other.observer = second.see
    try other.load(copy.state())
    try other.step(&x, gradient: [1])
    #expect(first.reports.count == 2 && second.reports.map(\.step) == [3])
    other.observer = nil
    try other.step(&x, gradient: [1])
    #expect(second.reports.count == 1)
  }

  @Test func aGuardThatGoesBackLeavesIt() throws {
    let witness = Witness()
    var x = [1.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 1)
    var guardian = try DivergenceGuard<Double, [Double]>()
    _ = try guardian.inspect(loss: 1, parameters: &x, optimizer: &optimizer)
    optimizer.observer = witness.see
    _ = try guardian.inspect(loss: .nan, parameters: &x, optimizer: &optimizer)
    try optimizer.step(&x, gradient: [1])
    #expect(witness.reports.count == 1)
  }

  @Test func aReportIsAnObjectWithTheNamesOfItsProperties() throws {
    let witness = Witness()
    var x = [1.0]
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.5, options: ExecutionOptions(gradientCheck: .trusted), count: 1)
    optimizer.observer = witness.see
    try optimizer.step(&x, gradient: [2], loss: .infinity)
    try optimizer.step(&x, gradient: [2])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let lines = try witness.reports.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    #expect(
      lines == [
        #"{"clipFactor":1,"gradientNorm":"nan","learningRate":0.5,"loss":"inf","outcome":{"applied":{}},"path":"axpy","#
          + #""step":1,"updateNorm":"nan"}"#,
        #"{"clipFactor":1,"gradientNorm":"nan","learningRate":0.5,"outcome":{"applied":{}},"path":"axpy","step":2,"#
          + #""updateNorm":"nan"}"#,
      ])
    let read = try lines.map { try JSONDecoder().decode(StepReport.self, from: Data($0.utf8)) }
    #expect(read.map(\.loss) == [.infinity, nil] && read.map(\.step) == [1, 2])
  }
}
