import CAllocationCounter
import Descent
import Synchronization
import TestSupport
import Testing

/// A step that is not the first allocates nothing, on no thread.
///
/// Other tests run at the same time and allocate, so that the common count can only be too high: a step is repeated
/// until it is seen to take nothing, and fails if that never happens.
@Suite(.enabled(if: allocation_counter_is_active())) struct AllocationTests {
  /// Muon is not asked: OpenBLAS allocates in products of some shapes (37 by 44 by 37, version 0.3.21).
  private static let samples = Sample.all.filter { !($0.rule is Muon) }

  @Test(arguments: samples, [1, 2]) func aWarmStepOnASlabAllocatesNothing(_ sample: Sample, _ threads: Int) throws {
    try forBothScalars(OnASlab(sample: sample, threads: threads))
  }

  private struct OnASlab: ScalarTest {
    let sample: Sample
    let threads: Int

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      var generator = SeededGenerator(seed: 61)
      let start: [[Scalar]] = model.random(using: &generator)
      let gradients = try model.set(model.random(using: &generator) as [[Scalar]])
      var x = try model.set(start)
      var optimizer = try sample.optimizer(for: model.layout, threads: threads, type)
      try expectNoAllocation { try optimizer.step(&x, gradients: gradients) }
    }
  }

  @Test(arguments: samples) func aWarmStepOnAListAllocatesNothing(_ sample: Sample) throws {
    let model = try Model.mixed()
    var generator = SeededGenerator(seed: 62)
    var x = try model.list(model.random(using: &generator) as [[Double]])
    let gradients = try model.list(model.random(using: &generator) as [[Double]])
    var optimizer: Optimizer<Double> = try sample.optimizer(for: model.layout)
    try expectNoAllocation { try optimizer.step(&x, gradients: gradients) }
  }

  @Test(arguments: samples) func aWarmStepOnAnArrayAllocatesNothing(_ sample: Sample) throws {
    let layout = try Layout.vector(20_000)
    var x = Array(repeating: 1.0, count: 20_000)
    let gradient = x
    var optimizer: Optimizer<Double> = try sample.optimizer(for: layout)
    try expectNoAllocation { try optimizer.step(&x, gradient: gradient) }
    try expectNoAllocation {
      var span = x.mutableSpan
      return try optimizer.step(&span, gradient: gradient.span)
    }
  }

  @Test func aWarmStepOnBuffersAllocatesNothing() throws {
    let memory = (0..<4).map { _ in UnsafeMutableBufferPointer<Double>.allocate(capacity: 9000) }
    defer { for buffer in memory { buffer.deallocate() } }
    for buffer in memory { buffer.initialize(repeating: 1) }
    let layout = try Layout([("a", [9000]), ("b", [9000])])
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), for: layout)
    let (parameters, gradients) = ([memory[0], memory[1]], memory[2...].map { UnsafeBufferPointer($0) })
    try expectNoAllocation { try optimizer.step(parameters, gradients: gradients) }
  }

  @Test(arguments: HeldParameters<Double>.Form.allCases)
  func whatFollowsAStepAllocatesNothing(_ form: HeldParameters<Double>.Form) throws {
    let elements = [Array(repeating: 1.0, count: 20_000)]
    let model = try HeldModels.vector(20_000)
    var x = try HeldParameters(elements, model, form)
    let gradients = try HeldParameters(elements, model, form)
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 1e-3, clipping: .norm(1), for: model.layout)
    var lookahead = try x.lookahead(.init(interval: 1))
    var average = try WeightAverage<Double>(.exponential(), for: model.layout)
    var sam = try SAM<Double>(for: model.layout)
    try expectNoAllocation {
      try x.ascend(&sam, gradients)
      let report = try x.descend(&sam, gradients, &optimizer)
      _ = try x.follow(with: &lookahead, after: report)
      _ = try x.update(&average, after: report)
      return report
    }
  }

  @Test func anObserverThatAllocatesNothingLeavesItSo() throws {
    final class Counter: Sendable { let steps = Atomic(0) }
    let counter = Counter()
    var x = Array(repeating: 1.0, count: 20_000)
    let gradient = x
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 1e-3, clipping: .norm(1), count: x.count)
    optimizer.observer = { _ in counter.steps.add(1, ordering: .relaxed) }
    try expectNoAllocation { try optimizer.step(&x, gradient: gradient) }
    #expect(counter.steps.load(ordering: .relaxed) == optimizer.completedSteps)
  }

  @Test func aSkippedStepAllocatesOnlyTheNameOfTheTensor() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, options: ExecutionOptions(nonFiniteGradient: .skip(limit: .max)), count: 20_000)
    var x = Array(repeating: 1.0, count: 20_000)
    var gradient = x
    gradient[7] = .nan
    for _ in 0..<3 { try optimizer.step(&x, gradient: gradient) }
    let before = allocation_count_of_this_thread()
    try optimizer.step(&x, gradient: gradient)
    #expect(allocation_count_of_this_thread() - before <= 4)
  }
}

/// Fails where a step allocates on the calling thread after three others, or on any thread in every attempt.
private func expectNoAllocation(
  sourceLocation: SourceLocation = #_sourceLocation, _ step: () throws -> StepReport
) throws {
  for _ in 0..<3 { _ = try step() }
  var leastOfAll = UInt64.max
  // Other tests allocate at the same time: a long step needs many attempts to have one to itself.
  for _ in 0..<50_000 {
    let (own, all) = (allocation_count_of_this_thread(), allocation_count())
    _ = try step()
    let (ownAfter, allAfter) = (allocation_count_of_this_thread(), allocation_count())
    #expect(ownAfter - own == 0, Trace.comment, sourceLocation: sourceLocation)
    if ownAfter != own { return }
    leastOfAll = min(leastOfAll, allAfter - all)
    if leastOfAll == 0 { return }
  }
  #expect(leastOfAll == 0, "on other threads, \(Trace.current)", sourceLocation: sourceLocation)
}
