import Descent
import TestSupport
import Testing

/// Several gradients that make one step.
@Suite struct AccumulationTests {
  @Test(arguments: [1, 2, 4]) func theStepIsThatOfTheMean(_ count: Int) throws {
    try forBothScalars(OfTheMean(count: count))
  }

  private struct OfTheMean: ScalarTest {
    let count: Int

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      for sample in Sample.all {
        var generator = SeededGenerator(seed: 41)
        let start: [[Scalar]] = model.random(using: &generator)
        func optimizer(_ count: Int) throws -> Optimizer<Scalar> {
          try Optimizer(
            sample.rule, learningRate: sample.rate, clipping: sample.clipping, weightDecay: sample.decay,
            accumulating: count, options: ExecutionOptions(backend: sample.backend), for: model.layout)
        }
        var (gathering, plain) = (try optimizer(count), try optimizer(1))
        var (x, y) = (try model.set(start), try model.set(start))
        for step in 1...3 {
          let parts: [[[Scalar]]] = (0..<count).map { _ in model.random(in: -3...3, using: &generator) }
          var mean = parts[0]
          for part in parts.dropFirst() {
            for i in mean.indices { for j in mean[i].indices { mean[i][j] += part[i][j] } }
          }
          for i in mean.indices { for j in mean[i].indices { mean[i][j] *= 1 / Scalar(count) } }
          for (i, part) in parts.enumerated() {
            let before = model.arrays(x)
            let report = try gathering.step(&x, gradients: model.set(part))
            if i + 1 < count {
              #expect(report.outcome == .accumulated(i + 1, of: count) && report.step == step)
              #expect(model.arrays(x) == before && gathering.completedSteps == step - 1)
            } else {
              let expected = try plain.step(&y, gradients: model.set(mean))
              #expect(report == expected, "\(sample)")
            }
          }
          for (got, expected) in zip(model.arrays(x), model.arrays(y)) { expectBitsEqual(got, expected, "\(sample)") }
        }
      }
    }
  }

  @Test func aGradientThatIsRefusedLeavesNoTrace() throws {
    func optimizer() throws -> Optimizer<Double> {
      try Optimizer(SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), accumulating: 3, count: 4)
    }
    var (disturbed, calm) = (try optimizer(), try optimizer())
    var (x, y) = ([1.0, 2, 3, 4], [1.0, 2, 3, 4])
    for step in 0..<7 {
      let gradient = [1.0, -2, Double(step), 0.5]
      for bad in [[1, .nan, 1, 1], [.infinity, 0, 0, 0]] as [[Double]] {
        #expect(throws: StepError.self) { try disturbed.step(&x, gradient: bad) }
      }
      let (a, b) = (try disturbed.step(&x, gradient: gradient), try calm.step(&y, gradient: gradient))
      #expect(a == b && x == y)
    }
  }

  @Test func aRunIsResumedInTheMiddleOfASum() throws {
    func run(resumeAt pause: Int?) throws -> [Double] {
      func optimizer() throws -> Optimizer<Double> {
        try Optimizer(SGD(momentum: 0.9), learningRate: 0.1, accumulating: 3, count: 3)
      }
      var (running, x) = (try optimizer(), [1.0, 2, 3])
      for step in 0..<8 {
        if step == pause {
          let state = try running.state()
          running = try optimizer()
          try running.load(state)
        }
        try running.step(&x, gradient: [Double(step), 1 / Double(step + 1), -1])
      }
      return x
    }
    let unbroken = try run(resumeAt: nil)
    for pause in 0..<8 { #expect(try run(resumeAt: pause) == unbroken, "resumed at \(pause)") }
    var other = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, accumulating: 2, count: 3)
    let state = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, accumulating: 3, count: 3).state()
    #expect(throws: StateError.self) { try other.load(state) }
  }

  @Test func aTensorWithAGradientInOnePartOfTheSumMoves() throws {
    let layout = try Layout([("a", [2]), ("b", [2])])
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, accumulating: 2, for: layout)
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4]))])
    try optimizer.step(&x, gradients: g)
    try optimizer.step(&x, gradients: g, absent: ["b"])
    #expect(x["a"]!.elements == [-1, -2] && x["b"]!.elements == [-1.5, -2])
    for _ in 0..<2 { try optimizer.step(&x, gradients: g, absent: ["b"]) }
    #expect(x["a"]!.elements == [-2, -4] && x["b"]!.elements == [-1.5, -2])
  }

  @Test func noGradientsMakeNoStep() throws {
    for count in [0, -1] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(SGD(), learningRate: 1, accumulating: count, count: 1)
      }
      #expect(error.description.contains("accumulation"))
    }
  }
}
