import Descent
import Foundation
import NaiveReference
import TestSupport
import Testing

@Suite struct WeightAverageTests {
  @Test(arguments: OptimizerCase.all("ema", peer: "weights"))
  func followsOptax(_ reference: OptimizerCase) throws {
    let (replay, hyper) = (try Replay(reference), reference.hyper)
    var optimizer = try Optimizer<Double>(
      SGD(momentum: .constant(hyper["momentum"]!)), learningRate: LearningRate(.constant(hyper["rate"]!)),
      for: replay.layout)
    var average = try WeightAverage<Double>(.exponential(decay: hyper["decay"]!), for: replay.layout)
    try replay.follow { parameters, step in
      let report = try optimizer.step(&parameters, gradients: replay.gradients(step: step, at: parameters))
      try average.update(with: parameters, after: report)
      return average.evaluationPoint()!.parameters
    }
  }

  private static func methods<Scalar>(
    _ type: Scalar.Type
  ) -> [(WeightAverage<Scalar>.Method, NaiveWeightAverage<Scalar>.Kind)] {
    [
      (.exponential(), .exponential(decay: 0.999)), (.exponential(decay: 0.3), .exponential(decay: 0.3)),
      (.exponential(decay: 0), .exponential(decay: 0)), (.warmedUpExponential(), .warmedUp(decay: 0.999)),
      (.warmedUpExponential(decay: 0.4), .warmedUp(decay: 0.4)), (.equal(), .equal),
    ]
  }

  @Test func followsTheNaiveLoopInAnyMemory() throws { try forBothScalars(Naive()) }

  private struct Naive: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      for (count, (method, kind)) in HeldModels.counts.flatMap({ count in methods(type).map { (count, $0) } }) {
        for form in HeldParameters<Scalar>.Form.allCases {
          try withLabel("case", (count, method, form)) {
            let model = try HeldModels.vector(count)
            var generator = SeededGenerator(seed: 103)
            var x = try HeldParameters<Scalar>([uniformVector(count: count, using: &generator)], model, form)
            var average = try WeightAverage<Scalar>(method, for: model.layout)
            var naive = NaiveWeightAverage<Scalar>(kind)
            var optimizer = try Optimizer<Scalar>(SGD(), learningRate: 1, for: model.layout)
            #expect(average.evaluationPoint() == nil)
            for step in 1...6 {
              let report = try x.step(&optimizer, [uniformVector(count: count, in: -3...3, using: &generator)])
              let counts = try x.update(&average, after: report)
              #expect(counts && average.updates == step, Trace.comment)
              naive.update(with: x.elements[0])
              let point = try #require(average.evaluationPoint())
              #expect(point.completedSteps == step)
              expectBitsEqual(point.parameters["parameters"]!.elements, naive.average, "average")
            }
          }
        }
      }
    }
  }

  @Test func theBitsDependOnNothing() throws { try forBothScalars(Bits()) }

  private struct Bits: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      for (method, _) in methods(type) {
        func run(threads: Int?, form: HeldParameters<Scalar>.Form, pause: Int?) throws -> [[Scalar]] {
          var generator = SeededGenerator(seed: 104)
          var x = try HeldParameters<Scalar>(model.random(using: &generator), model, form)
          var optimizer = try Optimizer<Scalar>(SGD(), learningRate: 0.1, for: model.layout)
          var average = try WeightAverage<Scalar>(method, threads: threads, for: model.layout)
          for t in 0..<8 {
            if t == pause {
              let state = average.state()
              let head = try JSONDecoder().decode(
                WeightAverage<Scalar>.State.Head.self, from: JSONEncoder().encode(state.head))
              #expect(head == state.head)
              average = try WeightAverage(method, threads: threads, for: model.layout)
              try average.load(.init(head: head, weights: state.weights))
            }
            _ = try x.update(&average, after: x.step(&optimizer, model.random(using: &generator)))
          }
          return model.arrays(average.evaluationPoint()!.parameters)
        }
        let alone = try run(threads: 1, form: .set, pause: nil)
        for (threads, form, pause) in [(2, .list, 4), (4, .set, 1), (nil, .list, 7), (8, .set, 0)]
          as [(Int?, HeldParameters<Scalar>.Form, Int?)]
        {
          for (got, expected) in zip(try run(threads: threads, form: form, pause: pause), alone) {
            expectBitsEqual(got, expected, "\(method)")
          }
        }
      }
    }
  }

  /// The weights of the definitions, one for each of the parameters. Each update rounds the average by less than 4 u of the
  /// largest element, and a share within 3 u.
  @Test func theAverageHasTheWeightsOfItsDefinition() throws {
    try withEvery("seed", in: 1...30 as ClosedRange<UInt64>) { seed in
      var generator = SeededGenerator(seed: seed)
      let n = Int.random(in: 1...60, using: &generator)
      let d: Double = [0, 0.5, 0.9, 0.999, 1 - 0x1p-40].randomElement(using: &generator)!
      let growing = (1...n).map { (i: Int) -> Double in i == 1 ? 0 : min(d, Double(i) / Double(i + 9)) }
      let debiased = (1...n).map { pow(d, Double(n - $0)) }
      let warmedUp = (0..<n).map { (i: Int) -> Double in
        var weight = 1 - growing[i]
        for later in growing[(i + 1)...] { weight *= later }
        return weight
      }
      let cases: [(WeightAverage<Double>.Method, [Double])] = [
        (.exponential(decay: d), debiased), (.warmedUpExponential(decay: d), warmedUp),
        (.equal(), Array(repeating: 1, count: n)),
      ]
      for (method, weights) in cases {
        var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, count: 5)
        var average = try WeightAverage<Double>(method, count: 5)
        var x = [1.0, -1, 0.5, 3, 0]
        var sum = x.map { _ in 0.0 }
        for weight in weights {
          let report = try optimizer.step(&x, gradient: uniformVector(count: 5, using: &generator))
          try average.update(with: x, after: report)
          for i in x.indices { sum[i] += weight * x[i] }
        }
        let total = weights.reduce(0, +)
        let got = average.evaluationPoint()!.parameters["parameters"]!.elements
        expectClose(got, sum.map { $0 / total }, "\(method)") { _ in 8 * Double(n) * 0x1p-53 * 64 }
      }
    }
  }

  /// Equal numbers are their average in every bit, however many they are, and no finite ones have an infinite one.
  @Test func averagesStayBetweenTheNumbers() throws { try forBothScalars(Extremes()) }

  private struct Extremes: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let large = Scalar.greatestFiniteMagnitude
      let start: [Scalar] = [0.1, -3, large, -large, .leastNonzeroMagnitude, 0]
      for (method, _) in methods(type) {
        var optimizer = try Optimizer<Scalar>(SGD(), learningRate: 0, count: 6)
        var average = try WeightAverage<Scalar>(method, count: 6)
        var flipping = try WeightAverage<Scalar>(method, count: 6)
        var x = start
        for step in 1...40 {
          let report = try optimizer.step(&x, gradient: x.map { _ in 1 })
          try average.update(with: x, after: report)
          expectBitsEqual(average.evaluationPoint()!.parameters["parameters"]!.elements, start, "\(method)")
          try flipping.update(with: step % 2 == 0 ? x : x.map { -$0 }, after: report)
          let weights = flipping.evaluationPoint()!.parameters["parameters"]!.elements
          #expect(weights.allSatisfy { $0.isFinite }, "\(method)")
        }
      }
    }
  }

  @Test func anEqualAverageBeginsAtItsStepAndSkippedStepsAreNone() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, options: ExecutionOptions(nonFiniteGradient: .skip(limit: 5)), count: 1)
    var average = try WeightAverage<Double>(.equal(from: 3), count: 1)
    var x = [0.0]
    for gradient in [-1, -1, .nan, -1, .nan, -1] {
      let report = try optimizer.step(&x, gradient: [gradient])
      let counts = try average.update(with: x, after: report)
      #expect(counts == (gradient.isFinite && report.step >= 3))
    }
    #expect(x == [4] && average.updates == 2)
    let point = try #require(average.evaluationPoint())
    #expect(point.parameters["parameters"]!.elements == [3.5] && point.completedSteps == 4)
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let layout = try Layout([("a", [2, 3]), ("b", [9000])])
    var x = ParameterSet<Float>(zeros: layout)
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, for: layout)
    var average = try WeightAverage<Float>(.exponential(), for: layout)
    let report = try optimizer.step(&x, gradients: x)
    try average.update(with: x, after: report)
    let before = (average.evaluationPoint(), average.state().head)
    try x.set("a", to: Tensor([1, 1, 1, 1, 1, .infinity], shape: [2, 3]))
    #expect(
      throws: StepError.nonFiniteParameter(tensor: "a", flatIndex: 5, index: [1, 2], value: .infinity, count: 1)
    ) { try average.update(with: x, after: report) }
    #expect(throws: StepError.tensorCount(expected: 2, found: 1)) { try average.update(with: [1], after: report) }
    #expect(average.evaluationPoint() == before.0 && average.state().head == before.1)
    var copy = average
    try copy.update(with: ParameterSet(zeros: layout), after: report)
    #expect(average.updates == 1 && copy.updates == 2)
    var other = try WeightAverage<Float>(.equal(), for: layout)
    #expect(throws: StateError.self) { try other.load(average.state()) }
    for (name, method) in [
      ("decay", .exponential(decay: 1)), ("decay", .warmedUpExponential(decay: -0.1)),
      ("decay", .exponential(decay: .nan)),
      ("from", .equal(from: 0)),
    ] as [(String, WeightAverage<Float>.Method)] {
      let error = try #require(throws: StepError.self) { try WeightAverage(method, for: layout) }
      #expect(error.description.contains("WeightAverage.\(name)"))
    }
    #expect(throws: StepError.self) { try WeightAverage<Double>(.equal(), count: -1) }
  }
}
