import CFloor
import Descent

/// What came out of many tensors against one, by round.
struct ManyTensorsResult: Codable {
  let scalar: String
  let backend: Backend
  let tensors: Int
  let elementsPerTensor: Int
  let secondsOfMany, secondsOfOne: Spread
  /// The time of many tensors over the time of one.
  let manyOverOne: Spread
}

/// The clipped step over many small tensors against the same step over one tensor with as many elements.
struct ManyTensors<Scalar: BenchmarkScalar> {
  let tensors: Int
  let elementsPerTensor: Int
  let threads: Int

  /// One result per backend.
  func results(_ sampling: Sampling) throws -> [ManyTensorsResult] {
    let many = try Layout((0..<tensors).map { ("tensor\($0)", [elementsPerTensor]) })
    let one = try Layout.vector(tensors * elementsPerTensor)
    let contestants = try Backend.allCases.flatMap { [try contestant(many, $0), try contestant(one, $0)] }
    let seconds = try sampling.takeTurns(contestants)
    return Backend.allCases.enumerated().map { index, backend in
      let (many, one) = (seconds[2 * index], seconds[2 * index + 1])
      return ManyTensorsResult(
        scalar: "\(Scalar.self)", backend: backend, tensors: tensors, elementsPerTensor: elementsPerTensor,
        secondsOfMany: Spread(many), secondsOfOne: Spread(one), manyOverOne: Spread(of: many, over: one))
    }
  }

  private func contestant(_ layout: Layout, _ backend: Backend) throws -> Contestant {
    var parameters = ParameterSet<Scalar>(zeros: layout)
    var gradients = ParameterSet<Scalar>(zeros: layout)
    for entry in layout.entries {
      gradients.withUnsafeMutableBufferPointer(of: entry.name) { gradient in
        for i in gradient.indices { gradient[i] = Scalar(1e-3 * (Double(i % 17) - 8.5)) }
      }
    }
    let gradient = gradients
    var optimizer = try Optimizer<Scalar>(
      SGD(), learningRate: LearningRate(.constant(1e-9)), clipping: .norm(1e-3),
      options: ExecutionOptions(backend: backend, threads: threads), for: layout)
    return .timing { _ = try optimizer.step(&parameters, gradients: gradient) }
  }
}
