import Descent
import Foundation
import TestSupport
import Testing

/// What a step's result does not depend on: threads, instruction set, where the memory is and who calls.
@Suite struct IndependenceTests {
  @Test(arguments: Sample.all) func anyNumberOfThreadsGivesTheSameBits(_ sample: Sample) throws {
    try forBothScalars(WithThreads(sample: sample))
  }

  private struct WithThreads: ScalarTest {
    let sample: Sample
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      try withEvery("model", in: [try Model.crowd(), try Model([("parameters", [300_007])])]) { model in
        let alone = try model.run(sample, threads: 1, type)
        try withEvery("threads", in: [2, 4, 8, nil] as [Int?]) { threads in
          expectBitsEqual(try model.run(sample, threads: threads, type), alone)
        }
      }
    }
  }

  @Test(arguments: Sample.all) func anyInstructionSetGivesTheSameBits(_ sample: Sample) throws {
    try forBothScalars(WithInstructionSets(sample: sample))
  }

  private struct WithInstructionSets: ScalarTest {
    let sample: Sample
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      let baseline = try model.run(sample, instructionSet: .baseline, type)
      try withEvery("instruction set", in: InstructionSet.available) { set in
        expectBitsEqual(try model.run(sample, instructionSet: set, type), baseline)
      }
    }
  }

  @Test(arguments: Sample.all) func slabListAndBuffersGiveTheSameBits(_ sample: Sample) throws {
    try forBothScalars(InAnyMemory(sample: sample))
  }

  private struct InAnyMemory: ScalarTest {
    let sample: Sample

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      let slab = try model.run(sample, type)
      try withLabel("memory", "list of tensors") { expectBitsEqual(try inList(model, type), slab) }
      try withEvery("memory", in: ["buffers", "buffers at odd addresses"]) { memory in
        expectBitsEqual(try inBuffers(model, offset: memory == "buffers" ? 0 : 1, type), slab)
      }
    }

    func inList<Scalar: TensorScalar>(_ model: Model, _ type: Scalar.Type) throws -> Outcome<Scalar> {
      var optimizer = try sample.optimizer(for: model.layout, type)
      var generator = SeededGenerator(seed: 31)
      let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
      var parameters = try model.list(start)
      var reports: [StepReport] = []
      for _ in 0..<4 {
        let gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
        reports.append(try optimizer.step(&parameters, gradients: model.list(gradients)))
        try optimizer.report(metric: 1)
      }
      return Outcome(
        parameters: parameters.map(\.elements), slots: try optimizer.slots(of: sample.rule), reports: reports)
    }

    func inBuffers<Scalar: TensorScalar>(
      _ model: Model, offset: Int, _ type: Scalar.Type
    ) throws -> Outcome<Scalar> {
      var optimizer = try sample.optimizer(for: model.layout, type)
      var generator = SeededGenerator(seed: 31)
      let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
      func copies(_ arrays: [[Scalar]]) -> [UnsafeMutableBufferPointer<Scalar>] {
        arrays.map { array in
          let memory = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: array.count + offset)
          _ = memory.update(fromContentsOf: Array(repeating: 0, count: offset) + array)
          return memory
        }
      }
      func shifted(_ memory: [UnsafeMutableBufferPointer<Scalar>]) -> [UnsafeMutableBufferPointer<Scalar>] {
        memory.map { UnsafeMutableBufferPointer(rebasing: $0[offset...]) }
      }
      let memory = copies(start)
      defer { for buffer in memory { buffer.deallocate() } }
      var reports: [StepReport] = []
      for _ in 0..<4 {
        let gradients = copies(model.random(in: -3...3, using: &generator))
        defer { for buffer in gradients { buffer.deallocate() } }
        reports.append(
          try optimizer.step(
            shifted(memory), gradients: shifted(gradients).map { UnsafeBufferPointer($0) }))
        try optimizer.report(metric: 1)
      }
      return Outcome(
        parameters: shifted(memory).map(Array.init), slots: try optimizer.slots(of: sample.rule), reports: reports)
    }
  }

  @Test(arguments: Sample.all) func arraySpanAndBufferGiveTheSameBits(_ sample: Sample) throws {
    try forBothScalars(OneVector(sample: sample))
  }

  private struct OneVector: ScalarTest {
    let sample: Sample

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      try withEvery("count", in: [0, 1, 17, 8193]) { count in
        let model = try Model([("parameters", [count])])
        let slab = try model.run(sample, type)
        try withEvery("memory", in: ["array", "span", "buffer"]) { memory in
          var optimizer = try sample.optimizer(for: model.layout, type)
          var generator = SeededGenerator(seed: 31)
          let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
          var x = start[0]
          var reports: [StepReport] = []
          for _ in 0..<4 {
            let gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
            reports.append(try step(&optimizer, &x, gradients[0], memory))
            try optimizer.report(metric: 1)
          }
          let outcome = Outcome(parameters: [x], slots: try optimizer.slots(of: sample.rule), reports: reports)
          expectBitsEqual(outcome, slab)
        }
      }
    }

    func step<Scalar: TensorScalar>(
      _ optimizer: inout Optimizer<Scalar>, _ x: inout [Scalar], _ gradient: [Scalar], _ memory: String
    ) throws -> StepReport {
      switch memory {
      case "array": return try optimizer.step(&x, gradient: gradient)
      case "span":
        var span = x.mutableSpan
        return try optimizer.step(&span, gradient: gradient.span)
      default:
        return try x.withUnsafeMutableBufferPointer { x in
          try gradient.withUnsafeBufferPointer { try optimizer.step(x, gradient: $0) }
        }
      }
    }
  }

  /// The caller's memory is written to in place: neither arrays nor tensors are copied when nobody shares them.
  @Test func noCopyIsMadeOfWhatNobodyShares() throws {
    var x = Array(repeating: 1.0, count: 10_000)
    let gradient = x
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), count: x.count)
    let before = x.withUnsafeMutableBufferPointer { UInt(bitPattern: $0.baseAddress) }
    for _ in 0..<3 { try optimizer.step(&x, gradient: gradient) }
    #expect(x.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == before)

    let model = try Model.mixed()
    var generator = SeededGenerator(seed: 32)
    let arrays: [[Double]] = model.random(using: &generator)
    var list = try model.list(arrays)
    let gradients = try model.list(arrays)
    var other = try Optimizer<Double>(SGD(), learningRate: 0.1, for: model.layout)
    let addresses = list.map { $0.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
    try other.step(&list, gradients: gradients)
    #expect(list.map { $0.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } } == addresses)
  }

  @Test func whatIsSharedIsCopiedAndTheOtherKeepsItsValue() throws {
    let original = [1.0, 2, 3]
    var x = original
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, count: 3)
    try optimizer.step(&x, gradient: x)
    #expect(original == [1, 2, 3] && x == [0, 0, 0])

    let model = try Model([("a", [2]), ("b", [1])])
    var set = try model.set([[1.0, 2], [3]])
    let copy = set
    var other = try Optimizer<Double>(SGD(), learningRate: 1, for: model.layout)
    try other.step(&set, gradients: set)
    #expect(model.arrays(copy) == [[1, 2], [3]] && model.arrays(set) == [[0, 0], [0]])

    let tensor = Tensor([5.0, 6])
    var list = [tensor, Tensor([7.0])]
    try other.step(&list, gradients: [tensor, list[1]])
    #expect(tensor.elements == [5, 6] && list.map(\.elements) == [[0, 0], [0]])
  }

  @Test(arguments: Sample.all) func aCopyOfAnOptimizerIsASnapshot(_ sample: Sample) throws {
    let model = try Model.mixed()
    var generator = SeededGenerator(seed: 33)
    let arrays: [[Double]] = model.random(using: &generator)
    var optimizer: Optimizer<Double> = try sample.optimizer(for: model.layout)
    var x = try model.set(arrays)
    try optimizer.step(&x, gradients: model.set(arrays))
    var copy = optimizer
    var y = x
    var reports: [[StepReport]] = [[], []]
    for _ in 0..<3 { reports[0].append(try optimizer.step(&x, gradients: model.set(arrays))) }
    #expect(copy.completedSteps == 1)
    for _ in 0..<3 { reports[1].append(try copy.step(&y, gradients: model.set(arrays))) }
    #expect(x == y && reports[0] == reports[1])
    #expect(try optimizer.slots(of: sample.rule) == copy.slots(of: sample.rule))
  }

  @Test(arguments: Sample.all) func aDryRunTellsWhatTheStepWillAndChangesNothing(_ sample: Sample) throws {
    let model = try Model.mixed()
    var generator = SeededGenerator(seed: 34)
    let start: [[Double]] = model.random(in: -2...2, using: &generator)
    var optimizer: Optimizer<Double> = try sample.optimizer(for: model.layout)
    var x = try model.set(start)
    for _ in 0..<3 {
      let gradients: [[Double]] = model.random(in: -3...3, using: &generator)
      let set = try model.set(gradients)
      let before = (model.arrays(x), try optimizer.slots(of: sample.rule), optimizer.completedSteps)
      let dry = try optimizer.dryRun(x, gradients: set)
      let inList = try optimizer.dryRun(model.list(model.arrays(x)), gradients: model.list(gradients))
      #expect(model.arrays(x) == before.0 && optimizer.completedSteps == before.2)
      #expect(try optimizer.slots(of: sample.rule) == before.1)
      let report = try optimizer.step(&x, gradients: set)
      #expect(dry.outcome == .dryRun && report.outcome == .applied && dry == inList)
      #expect(dry.step == report.step && dry.learningRate == report.learningRate && dry.path == report.path)
      #expect(dry.gradientNorm == report.gradientNorm && dry.clipFactor == report.clipFactor)
      #expect(dry.updateNorm == report.updateNorm)
    }
  }

  private actor Trainer {
    var optimizer: Optimizer<Double>
    var x: [Double]

    init(_ optimizer: Optimizer<Double>, _ x: [Double]) { (self.optimizer, self.x) = (optimizer, x) }

    func step(_ gradient: [Double]) throws -> StepReport { try optimizer.step(&x, gradient: gradient) }
  }

  @Test func stepsInAnActorAndInTasksAtOnceGiveTheSameBits() async throws {
    let count = 60_000
    func train(_ trainer: Trainer) async throws -> [Double] {
      var generator = SeededGenerator(seed: 35)
      for _ in 0..<20 {
        let gradient: [Double] = uniformVector(count: count, using: &generator)
        _ = try await trainer.step(gradient)
      }
      return await trainer.x
    }
    func trainer() throws -> Trainer {
      try Trainer(
        Optimizer(SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), count: count),
        Array(repeating: 1, count: count))
    }
    let alone = try await train(trainer())
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<4 {
        let trainer = try trainer()
        group.addTask { try await train(trainer) }
      }
      for try await result in group { #expect(result == alone) }
    }
  }
}
