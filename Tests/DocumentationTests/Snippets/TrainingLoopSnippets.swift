import Descent
import Foundation
import TestSupport
import Testing

/// The code of "A training loop".
@Suite struct TrainingLoopSnippets {
  let model = Bowl()

  @Test func aLoop() throws {
    let layout = try Layout([("weights", [8, 4]), ("bias", [4])])
    var parameters = ParameterSet<Float>(zeros: layout)
    var optimizer = try Optimizer<Float>(
      Adam(),
      learningRate: LearningRate(
        .warmup(to: 0.05, over: 20).then(.cosine(from: 0.05, to: 1e-3, over: 180)),
        .plateau(Plateau(.minimize, patience: 5))),
      clipping: .norm(1),
      weightDecay: .decoupled(0.01),
      groups: [ParameterGroup("biases", of: layout, weightDecay: WeightDecay.none) { $0 == "bias" }],
      for: layout)

    for _ in 1...10 {
      for batch in 0..<20 {
        let gradients = model.gradients(at: parameters, batch: batch)
        try optimizer.step(&parameters, gradients: gradients)
      }
      try optimizer.report(metric: model.loss(at: parameters))
    }
    #expect(optimizer.completedSteps == 200 && model.loss(at: parameters) < 0.1)
  }

  @Test func accumulation() throws {
    let layout = try Layout.vector(3)
    var parameters = ParameterSet<Float>(zeros: layout)
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, clipping: .norm(1), accumulating: 4, for: layout)
    for batch in 0..<8 {
      let report = try optimizer.step(&parameters, gradients: model.gradients(at: parameters, batch: batch))
      if case .applied = report.outcome { print(report) }
    }
    #expect(optimizer.completedSteps == 2)
  }

  func save(_ state: OptimizerState<Float>, to folder: URL) throws {
    try JSONEncoder().encode(state.head).write(to: folder.appending(path: "head.json"), options: .atomic)
    for (slot, tensors) in state.slots {
      for entry in tensors.layout.entries {
        try tensors[entry.name]?.write(toNumPyFile: folder.appending(path: "\(slot).\(entry.name).npy").path)
      }
    }
  }

  func load(from folder: URL, like state: OptimizerState<Float>) throws -> OptimizerState<Float> {
    let head = try JSONDecoder().decode(
      OptimizerState<Float>.Head.self, from: Data(contentsOf: folder.appending(path: "head.json")))
    let slots = try state.slots.map { slot, tensors in
      let read = try tensors.layout.entries.map { entry in
        (entry.name, try Tensor<Float>(contentsOfNumPyFile: folder.appending(path: "\(slot).\(entry.name).npy").path))
      }
      return (slot, try ParameterSet(read))
    }
    return OptimizerState(head: head, slots: Dictionary(uniqueKeysWithValues: slots))
  }

  @Test func aRunThatIsResumed() throws {
    let layout = try Layout([("weights", [8, 4]), ("bias", [4])])
    var (whole, broken) = (ParameterSet<Float>(zeros: layout), ParameterSet<Float>(zeros: layout))
    func make() throws -> Optimizer<Float> {
      try Optimizer(Adam(), learningRate: LearningRate(.cosine(from: 0.1, over: 20)), for: layout)
    }
    var (unbroken, first, second) = (try make(), try make(), try make())
    for step in 0..<20 { try unbroken.step(&whole, gradients: model.gradients(at: whole, batch: step)) }
    for step in 0..<7 { try first.step(&broken, gradients: model.gradients(at: broken, batch: step)) }
    try withTemporaryDirectory { folder in
      try save(try first.state(), to: folder)
      try second.load(try load(from: folder, like: second.state()))
    }
    for step in 7..<20 { try second.step(&broken, gradients: model.gradients(at: broken, batch: step)) }
    #expect(whole == broken)
  }

  @Test func aGuard() throws {
    let layout = try Layout.vector(3)
    var parameters = ParameterSet<Float>(zeros: layout)
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, for: layout)
    var guardian = try DivergenceGuard<Float, ParameterSet<Float>>()
    while optimizer.completedSteps < 100 {
      let loss = model.loss(at: parameters)
      let gradients = model.gradients(at: parameters, batch: optimizer.completedSteps)
      guard case .kept = try guardian.inspect(loss: loss, parameters: &parameters, optimizer: &optimizer) else {
        continue
      }
      try optimizer.step(&parameters, gradients: gradients)
    }
    #expect(model.loss(at: parameters) < 1e-6)
  }

  @Test func averages() throws {
    let layout = try Layout.vector(3)
    var parameters = ParameterSet<Float>(zeros: layout)
    var optimizer = try Optimizer<Float>(ScheduleFreeSGD(), learningRate: 0.1, for: layout)
    var average = try WeightAverage<Float>(.exponential(decay: 0.99), for: layout)
    for batch in 0..<50 {
      let report = try optimizer.step(&parameters, gradients: model.gradients(at: parameters, batch: batch))
      try average.update(with: parameters, after: report)
    }
    let averaged = average.evaluationPoint()?.parameters
    let trained = try optimizer.evaluationPoint(of: parameters).parameters
    #expect(averaged != parameters && trained != parameters && model.loss(at: trained) < 1.5)
  }
}
