import Descent
import Testing

/// The code of "Embedding in numeric code".
@Suite struct EmbeddingSnippets {
  @Test func anArray() throws {
    var x = [3.0, -4.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .norm(1), count: x.count)
    for _ in 1...100 {
      let gradient = x.map { 2 * $0 }
      try optimizer.step(&x, gradient: gradient)
    }
    #expect(x.allSatisfy { abs($0) < 0.1 })
  }

  func move(
    _ weights: inout MutableSpan<Float>, along gradient: Span<Float>, by optimizer: inout Optimizer<Float>
  ) throws(StepError) {
    try optimizer.step(&weights, gradient: gradient)
  }

  func move(
    _ weights: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>, count: Int,
    by optimizer: inout Optimizer<Float>
  ) throws(StepError) -> StepReport {
    try optimizer.step(
      UnsafeMutableBufferPointer(start: weights, count: count),
      gradient: UnsafeBufferPointer(start: gradient, count: count))
  }

  @Test func spansAndPointers() throws {
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.5, count: 2)
    var x: [Float] = [1, 2]
    let gradient: [Float] = [2, 4]
    var span = x.mutableSpan
    try move(&span, along: gradient.span, by: &optimizer)
    #expect(x == [0, 0])
    let report = try move(&x, along: gradient, count: 2, by: &optimizer)
    #expect(x == [-1, -2] && report.step == 2)
  }

  func makeOptimizer() throws -> Optimizer<Float> {
    let layout = try Layout([("hidden", [64, 32]), ("output", [32, 10])])
    return try Optimizer<Float>(Adam(), learningRate: 1e-3, clipping: .norm(1), for: layout)
  }

  func move(
    _ layers: [UnsafeMutableBufferPointer<Float>], along gradients: [UnsafeBufferPointer<Float>],
    by optimizer: inout Optimizer<Float>
  ) throws(StepError) {
    try optimizer.step(layers, gradients: gradients)
  }

  @Test func layersInSeparateMemory() throws {
    var optimizer = try makeOptimizer()
    let counts = optimizer.layout.entries.map(\.count)
    var (hidden, output) = ([Float](repeating: 1, count: counts[0]), [Float](repeating: 1, count: counts[1]))
    let gradients = counts.map { [Float](repeating: 0.1, count: $0) }
    try hidden.withUnsafeMutableBufferPointer { hidden in
      try output.withUnsafeMutableBufferPointer { output in
        try gradients[0].withUnsafeBufferPointer { first in
          try gradients[1].withUnsafeBufferPointer { second in
            try move([hidden, output], along: [first, second], by: &optimizer)
          }
        }
      }
    }
    #expect((hidden + output).allSatisfy { $0 < 1 })
  }

  @Test func tensorsByName() throws {
    let layout = try Layout([("weights", [2, 3]), ("bias", [3])])
    var parameters = ParameterSet<Double>(zeros: layout)
    try parameters.set("bias", to: Tensor([1, 2, 3]))
    parameters.withUnsafeMutableBufferPointer(of: "weights") { weights in
      for i in weights.indices { weights[i] = Double(i) }
    }
    let bias = parameters["bias"]?.elements
    #expect(bias == [1, 2, 3] && parameters["weights"]?.elements == [0, 1, 2, 3, 4, 5])
  }

  actor Model {
    private var parameters: ParameterSet<Float>
    private var optimizer: Optimizer<Float>

    init(_ layout: Layout) throws {
      parameters = ParameterSet(zeros: layout)
      optimizer = try Optimizer(SGD(momentum: 0.9), learningRate: 0.1, for: layout)
    }

    func step(along gradients: ParameterSet<Float>) throws -> StepReport {
      try optimizer.step(&parameters, gradients: gradients)
    }

    var snapshot: ParameterSet<Float> { parameters }
  }

  @Test func anActor() async throws {
    let model = try Model(.vector(3))
    let start = await model.snapshot
    let report = try await model.step(along: Bowl().gradients(at: start, batch: 0))
    let end = await model.snapshot
    #expect(report.outcome == .applied && start != end)
  }
}
