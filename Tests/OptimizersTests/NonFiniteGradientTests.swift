import Descent
import NaiveReference
import TestSupport
import Testing

/// A NaN or an infinity in a gradient stops the step before anything is written.
@Suite struct NonFiniteGradientTests {
  @Test(arguments: Sample.all) func isNamedWhereverItIsAndNothingChanges(_ sample: Sample) throws {
    try forBothScalars(Anywhere(sample: sample))
  }

  /// The sign of a NaN means nothing, and which one arithmetic gives depends on the processor.
  @Test(arguments: [Double.nan, -Double.nan]) func isToldWithoutItsSign(_ value: Double) throws {
    var x = [1.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 1)
    let error = try #require(throws: StepError.self) { try optimizer.step(&x, gradient: [value]) }
    #expect(error.description.contains("is NaN at [0]"), "\(error)")
  }

  private struct Anywhere: ScalarTest {
    let sample: Sample

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      var generator = SeededGenerator(seed: 41)
      let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
      var optimizer = try sample.optimizer(for: model.layout, type)
      var parameters = try model.set(start)
      let good: [[Scalar]] = model.random(using: &generator)
      try optimizer.step(&parameters, gradients: model.set(good))
      let before = (model.arrays(parameters), try optimizer.slots(of: sample.rule))

      let edges = [0, 1, 15, 16, 511, 512, 8191, 8192, 8193]
      try withEvery("tensor", in: model.layout.entries.indices) { tensor in
        let count = model.layout.entries[tensor].count
        try withEvery("place", in: edges.filter { $0 < count } + (count > 1 ? [count - 1] : [])) { place in
          try withEvery("value", in: [.nan, .infinity, -.infinity] as [Scalar]) { value in
            var bad = good
            bad[tensor][place] = value
            let error = try #require(throws: StepError.self) {
              try optimizer.step(&parameters, gradients: model.set(bad))
            }
            expect(error, bad, model)
            #expect(optimizer.completedSteps == 1, Trace.comment)
          }
        }
      }
      for (got, expected) in zip(model.arrays(parameters), before.0) { expectBitsEqual(got, expected, "parameter") }
      for (got, expected) in zip(try optimizer.slots(of: sample.rule).joined(), before.1.joined()) {
        expectBitsEqual(got, expected, "slot")
      }

      // And the run goes on as if nothing had been.
      var undisturbed = try sample.optimizer(for: model.layout, type)
      var other = try model.set(start)
      try undisturbed.step(&other, gradients: model.set(good))
      #expect(
        try optimizer.step(&parameters, gradients: model.set(good))
          == undisturbed.step(&other, gradients: model.set(good)))
      for (got, expected) in zip(model.arrays(parameters), model.arrays(other)) { expectBitsEqual(got, expected) }
    }

    func expect<Scalar: TensorScalar>(_ error: StepError, _ bad: [[Scalar]], _ model: Model) {
      guard case .nonFiniteGradient(let tensor, let flatIndex, let index, let value, let count, let step) = error,
        let first = NaiveNonFinite.first(in: zip(model.layout.entries, bad).map { ($0.shape, $1) })
      else {
        Issue.record("\(error) (\(Trace.current))")
        return
      }
      #expect(tensor == model.layout.entries[first.tensor].name, Trace.comment)
      #expect(flatIndex == first.flatIndex && index == first.index && count == first.count, Trace.comment)
      #expect(value == first.value || (value.isNaN && first.value.isNaN), Trace.comment)
      #expect(step == 2, Trace.comment)
    }
  }

  @Test func theFirstOfSeveralIsNamedWithTheirNumber() throws {
    let model = try Model([("a", [2]), ("b", [2, 3]), ("c", [])])
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, for: model.layout)
    var parameters = ParameterSet<Float>(zeros: model.layout)
    let gradients = try model.set([[1, 2], [0, 0, 0, 0, -.infinity, .nan], [.nan]] as [[Float]])
    #expect(
      throws: StepError.nonFiniteGradient(
        tensor: "b", flatIndex: 4, index: [1, 1], value: -.infinity, count: 3, step: 1)
    ) { try optimizer.step(&parameters, gradients: gradients) }
    let text = StepError.nonFiniteGradient(
      tensor: "b", flatIndex: 4, index: [1, 1], value: -.infinity, count: 3, step: 1
    ).description
    for word in ["\"b\"", "[1, 1]", "-inf", "3", "step 1"] { #expect(text.contains(word), "\(text)") }
  }

  @Test(arguments: Backend.allCases) func noClipHidesIt(_ backend: Backend) throws {
    for bad in [Double.infinity, -.infinity, .nan] {
      for clipping in [
        .none, .value(1), .norm(1), .value(1).thenNorm(1), .value(1).thenNorm(1, order: .one),
        .norm(1, order: .infinity), .norm(1, order: .p(3), scope: .tensor),
      ] as [GradientClipping] {
        var optimizer = try Optimizer<Double>(
          SGD(), learningRate: 0.1, clipping: clipping, options: ExecutionOptions(backend: backend), count: 3)
        var x = [1.0, 2, 3]
        #expect(throws: StepError.self, "\(clipping) \(bad)") { try optimizer.step(&x, gradient: [0, bad, 0]) }
        #expect(throws: StepError.self, "\(clipping) \(bad)") { try optimizer.dryRun(x, gradient: [0, bad, 0]) }
        #expect(x == [1, 2, 3])
      }
    }
  }

  @Test func isSkippedUpToTheLimitAndThenThrown() throws {
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: LearningRate(.linear(from: 1, to: 0, over: 10)),
      options: ExecutionOptions(nonFiniteGradient: .skip(limit: 2)), count: 2)
    var x = [1.0, 2]
    try optimizer.step(&x, gradient: [1, 1])
    let before = (x, try optimizer.slot("momentum"))
    for _ in 0..<2 {
      for skip in 1...2 {
        let dry = try optimizer.dryRun(x, gradient: [.nan, 1])
        let report = try optimizer.step(&x, gradient: [.nan, 1])
        #expect(report.outcome == .skipped(consecutive: skip) && dry.outcome == .skipped(consecutive: skip))
        #expect(report.step == optimizer.completedSteps + 1 && optimizer.consecutiveSkips == skip)
      }
      #expect(throws: StepError.tooManySkips(limit: 2, tensor: "parameters", flatIndex: 1, value: .infinity)) {
        try optimizer.step(&x, gradient: [1, .infinity])
      }
      #expect(optimizer.consecutiveSkips == 2)
      // A good gradient ends the streak; the schedule has not moved meanwhile.
      let steps = optimizer.completedSteps
      let report = try optimizer.step(&x, gradient: [0, 0])
      #expect(report.outcome == .applied && optimizer.consecutiveSkips == 0)
      #expect(report.step == steps + 1 && report.learningRate == 1 - Double(steps) / 10)
    }
    var undisturbed = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: LearningRate(.linear(from: 1, to: 0, over: 10)), count: 2)
    var y = [1.0, 2]
    for gradient in [[1.0, 1], [0, 0], [0, 0]] { try undisturbed.step(&y, gradient: gradient) }
    expectBitsEqual(x, y)
    expectBitsEqual(try optimizer.slot("momentum")[0], try undisturbed.slot("momentum")[0])
    #expect(before.0 != x)
  }

  @Test func aSkipLimitOfZeroThrowsAtOnce() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, options: ExecutionOptions(nonFiniteGradient: .skip(limit: 0)), count: 1)
    var x = [1.0]
    #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [.nan]) }
  }

  /// A trusted gradient is not read first; the caller has given up the promise by name.
  @Test func aTrustedGradientIsTakenAsItIs() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, options: ExecutionOptions(gradientCheck: .trusted), count: 2)
    var x = [1.0, 2]
    let report = try optimizer.step(&x, gradient: [1, 1])
    #expect(x == [0, 1] && report.gradientNorm.isNaN && report.outcome == .applied)
    try optimizer.step(&x, gradient: [.nan, 1])
    #expect(x[0].isNaN && x[1] == 0)

    // A clip reads it anyway, and then checks it.
    var clipping = try Optimizer<Double>(
      SGD(), learningRate: 1, clipping: .norm(1), options: ExecutionOptions(gradientCheck: .trusted), count: 2)
    #expect(throws: StepError.self) { try clipping.step(&x, gradient: [.nan, 1]) }
  }

  @Test func aParameterThatIsNotFiniteIsNamedWhereTheRateNeedsItsNorm() throws {
    let model = try Model([("a", [2]), ("b", [2])])
    var optimizer = try Optimizer<Double>(SGD(), learningRate: .normBased(epsilon: 0.1, cap: 1), for: model.layout)
    var parameters = try model.set([[1.0, 2], [3, .nan]])
    let error = try #require(throws: StepError.self) {
      try optimizer.step(&parameters, gradients: model.set([[1.0, 1], [1, 1]]))
    }
    guard case .nonFiniteParameter("b", 1, [1], let value, 1) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(value.isNaN && optimizer.completedSteps == 0)
  }
}
