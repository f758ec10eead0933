import Descent
import NaiveReference
import TestSupport
import Testing

/// Sharpness-aware minimization: two gradients, one step, and always a way back.
@Suite struct SAMTests {
  @Test(arguments: OptimizerCase.all("sam", peer: "weights"))
  func followsOptax(_ reference: OptimizerCase) throws {
    let (replay, hyper) = (try Replay(reference), reference.hyper)
    var optimizer = try Optimizer<Double>(
      SGD(momentum: .constant(hyper["momentum"]!)), learningRate: LearningRate(.constant(hyper["rate"]!)),
      for: replay.layout)
    var sam = try SAM<Double>(radius: hyper["radius"]!, for: replay.layout)
    try replay.follow { parameters, step in
      try sam.step(&parameters, optimizer: &optimizer) { try replay.gradients(step: step, at: $0) }
      return parameters
    }
  }

  private static func optimizer<Scalar: TensorScalar>(
    for layout: Layout, threads: Int? = nil, _ type: Scalar.Type = Scalar.self
  ) throws -> Optimizer<Scalar> {
    try Optimizer(
      SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(3), options: ExecutionOptions(threads: threads),
      for: layout)
  }

  /// θ̂ is off by the rounding of three products and of the norm, within 8 u of its distance, and of the sum. The step is, in
  /// every bit, the optimizer's own from θ along the second gradient.
  @Test func followsTheNaiveFormInAnyMemory() throws { try forBothScalars(Naive()) }

  private struct Naive: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      for (count, form) in HeldModels.counts.flatMap({ count in HeldParameters<Scalar>.Form.allCases.map { (count, $0) }
      }) {
        try withLabel("case", (count, form)) {
          let model = try HeldModels.vector(count)
          var generator = SeededGenerator(seed: 105)
          var expected: [Scalar] = uniformVector(count: count, in: -2...2, using: &generator)
          var x = try HeldParameters([expected], model, form)
          var sam = try SAM<Scalar>(radius: 0.7, backend: .kernels, for: model.layout)
          var (optimizer, alone) = (try optimizer(for: model.layout, type), try optimizer(for: model.layout, type))
          for _ in 1...3 {
            let first: [Scalar] = uniformVector(count: count, in: -3...3, using: &generator)
            let second: [Scalar] = uniformVector(count: count, in: -3...3, using: &generator)
            try x.ascend(&sam, [first])
            #expect(sam.hasAscended, Trace.comment)
            let ahead = NaiveSAM.ascended(expected, gradient: first, norm: NaiveNorm.two(first), radius: 0.7)
            expectClose(x.elements[0], ahead, "ahead") {
              let distance = abs(Double(ahead[$0]) - Double(expected[$0]))
              return 8 * Scalar.unitRoundoff * distance + 2 * Scalar.unitRoundoff * abs(Double(ahead[$0]))
            }
            let report = try x.descend(&sam, [second], &optimizer)
            let expectedReport = try alone.step(&expected, gradient: second)
            #expect(report == expectedReport && !sam.hasAscended, Trace.comment)
            expectBitsEqual(x.elements[0], expected, "x")
          }
        }
      }
    }
  }

  /// Gradients whose norm is 5 · 2ᵉ exactly, for every e: the same bits as the naive form, and the distance is ρ.
  @Test func gradientsOfAnySizeGiveTheSameDistance() throws { try forBothScalars(AllMagnitudes()) }

  private struct AllMagnitudes: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let exponents = Scalar.allExponents
      for backend in Backend.allCases {
        for exponent in exponents.lowerBound...exponents.upperBound - 3 {
          let power = Scalar(Double(sign: .plus, exponent: exponent, significand: 1))
          let gradient = [3 * power, 0, -4 * power]
          var sam = try SAM<Scalar>(backend: backend, count: 3)
          var x: [Scalar] = [0, 1, 0]
          let expected = NaiveSAM.ascended(x, gradient: gradient, norm: NaiveNorm.two(gradient), radius: 0.05)
          try sam.ascend(&x, gradient: gradient)
          let distance = (x[0] * x[0] + x[2] * x[2]).squareRoot()
          // BLAS rounds a norm that it cannot take directly more than once.
          let slack: UInt64 = backend == .kernels ? 0 : 4
          #expect(
            ulps(between: Double(x[0]), Double(expected[0])) <= slack << (type == Float.self ? 29 : 0), "2^\(exponent)")
          #expect(abs(Double(distance) / 0.05 - 1) <= 8 * Scalar.unitRoundoff && x[1] == 1, "2^\(exponent)")
        }
      }
    }
  }

  @Test func theBitsDependOnNothing() throws { try forBothScalars(Bits()) }

  private struct Bits: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      func run(threads: Int?, form: HeldParameters<Scalar>.Form, pause: Int?) throws -> [[Scalar]] {
        var generator = SeededGenerator(seed: 106)
        var x = try HeldParameters<Scalar>(model.random(using: &generator), model, form)
        var optimizer = try SAMTests.optimizer(for: model.layout, threads: threads, type)
        var sam = try SAM<Scalar>(threads: threads, for: model.layout)
        for t in 0..<6 {
          if t == pause {
            let state = try optimizer.state()
            optimizer = try SAMTests.optimizer(for: model.layout, threads: threads, type)
            try optimizer.load(state)
            sam = try SAM(threads: threads, for: model.layout)
          }
          let noise: [[Scalar]] = model.random(using: &generator)
          func gradients(_ x: [[Scalar]]) -> [[Scalar]] { zip(x, noise).map { zip($0, $1).map { $0 * $0 * $0 + $1 } } }
          try x.ascend(&sam, gradients(x.elements))
          _ = try x.descend(&sam, gradients(x.elements), &optimizer)
        }
        return x.elements
      }
      let alone = try run(threads: 1, form: .set, pause: nil)
      for (threads, form, pause) in [(2, .list, 4), (4, .set, 1), (nil, .list, nil), (8, .set, 5)]
        as [(Int?, HeldParameters<Scalar>.Form, Int?)]
      {
        for (got, expected) in zip(try run(threads: threads, form: form, pause: pause), alone) {
          expectBitsEqual(got, expected)
        }
      }
    }
  }

  /// Parameters from which nothing could be subtracted back.
  private static let awkward = [1e308, -0.0, .leastNonzeroMagnitude, 1, -1e-30, .greatestFiniteMagnitude]

  @Test(arguments: HeldParameters<Double>.Form.allCases)
  func aGradientThatIsRefusedLeavesEveryBit(_ form: HeldParameters<Double>.Form) throws {
    let model = try HeldModels.vector(9000)
    let start = [(0..<9000).map { Self.awkward[$0 % 6] }]
    var (good, bad) = ([Array(repeating: 2.0, count: 9000)], [Array(repeating: 2.0, count: 9000)])
    (good[0][1], bad[0][8999]) = (-3, .nan)
    var x = try HeldParameters(start, model, form)
    var (optimizer, sam) = (try Self.optimizer(for: model.layout, Double.self), try SAM<Double>(count: 9000))

    func expectRefused(_ body: () throws -> Void) throws {
      let error = try #require(throws: StepError.self, performing: body)
      guard case .nonFiniteGradient("parameters", 8999, [8999], let value, 1, step: 1) = error, value.isNaN else {
        Issue.record("\(error)")
        return
      }
      expectBitsEqual(x.elements[0], start[0])
      #expect(!sam.hasAscended && optimizer.completedSteps == 0)
    }
    try expectRefused { try x.ascend(&sam, bad) }
    try x.ascend(&sam, good)
    #expect(x.elements != start)
    try expectRefused { _ = try x.descend(&sam, bad, &optimizer) }
    try x.ascend(&sam, good)
    try x.retreat(&sam)
    expectBitsEqual(x.elements[0], start[0])
    try x.ascend(&sam, [Array(repeating: 0, count: 9000)])
    #expect(x.elements == start, "a gradient of zero points nowhere")
  }

  @Test func aWholeRoundIsTakenOrNot() throws {
    struct Interruption: Error {}
    let layout = try Layout([("a", [2]), ("b", [3])])
    var x = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4, 5]))])
    var (list, array) = ([x["a"]!, x["b"]!], [1.0, 2])
    var (optimizer, single) = (
      try Self.optimizer(for: layout, Double.self), try Optimizer<Double>(SGD(), learningRate: 0.1, count: 2)
    )
    var (sam, one) = (try SAM<Double>(for: layout), try SAM<Double>(count: 2))
    let before = (x, list, array)
    // The first gradient is refused or fails, then the second.
    for turn in 1...4 {
      var calls = 0
      func answer<T>(_ good: T, bad: T) throws -> T {
        calls += 1
        guard calls == (turn + 1) / 2 else { return good }
        if turn % 2 == 0 { throw Interruption() }
        return bad
      }
      let (bad, nan) = (
        try ParameterSet<Double>([("a", Tensor([1, .nan])), ("b", Tensor([3, 4, 5]))]), [Double.nan, 1]
      )
      #expect(throws: (any Error).self) {
        try sam.step(&x, optimizer: &optimizer) { try answer($0, bad: bad) }
      }
      calls = 0
      #expect(throws: (any Error).self) {
        try sam.step(&list, optimizer: &optimizer) { try answer($0, bad: [bad["a"]!, bad["b"]!]) }
      }
      calls = 0
      #expect(throws: (any Error).self) {
        try one.step(&array, optimizer: &single) { try answer($0, bad: nan) }
      }
      #expect(x == before.0 && list == before.1 && array == before.2, "turn \(turn)")
      #expect(optimizer.completedSteps == 0 && single.completedSteps == 0)
    }
    try sam.step(&x, optimizer: &optimizer) { $0 }
    try one.step(&array, optimizer: &single) { $0 }
    // θ̂ = 1.05 θ / … along θ itself: the gradient there is θ + ρ θ / ‖θ‖.
    let factor = 1 - 0.1 * (1 + 0.05 / 5.0.squareRoot())
    #expect(relativeError(array, expected: [factor, 2 * factor]) < 1e-15)
    #expect(optimizer.completedSteps == 1 && x != before.0)
  }

  @Test func theWrongOrderAndTheWrongMemoryAreRefused() throws {
    var (x, other) = ([3.0, 4], [1.0])
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 2)
    var sam = try SAM<Double>(count: 2)
    #expect(throws: StepError.notAscended) { try sam.descend(&x, gradient: [1, 1], optimizer: &optimizer) }
    #expect(throws: StepError.notAscended) { try sam.retreat(&x) }
    #expect(throws: StepError.self) { try sam.ascend(&other, gradient: [1]) }
    #expect(throws: StepError.self) { try sam.ascend(&x, gradient: [1]) }
    #expect(x == [3, 4] && !sam.hasAscended)

    try sam.ascend(&x, gradient: [3, 4])
    let ahead = x
    #expect(throws: StepError.ascendedTwice) { try sam.ascend(&x, gradient: [3, 4]) }
    #expect(throws: StepError.self) { try sam.descend(&other, gradient: [1], optimizer: &optimizer) }
    #expect(throws: StepError.self) { try sam.retreat(&other) }
    #expect(x == ahead && other == [1] && sam.hasAscended)

    // A copy in the middle of a round ends it by itself.
    var (copy, y) = (sam, x)
    try sam.retreat(&x)
    try sam.ascend(&x, gradient: [-1, 0])
    try copy.retreat(&y)
    #expect(y == [3, 4] && sam.hasAscended && !copy.hasAscended)

    for radius in [-1, .nan, .infinity, 1e300] {
      let error = try #require(throws: StepError.self) { try SAM<Float>(radius: radius, count: 1) }
      #expect(error.description.contains("SAM.radius"))
    }
    #expect(throws: StepError.self) { try SAM<Double>(threads: 0, count: 1) }
  }
}
