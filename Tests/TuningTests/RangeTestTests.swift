import Descent
import Foundation
import TestSupport
import Testing

@Suite struct RangeTestTests {
  // MARK: - Values

  @Test(arguments: SearchReference.all.rangeTests)
  func theCurveIsTheReferenceOne(_ reference: SearchReference.Range) throws {
    let model = reference.model
    let all = Array(model.rows.indices)
    let test = RangeTest(
      from: reference.from, to: reference.to, steps: reference.steps, smoothing: reference.smoothing,
      divergenceFactor: reference.divergenceFactor, earliestStop: 1)
    let result = try run(test, model) { _ in all }
    let curve = result.curve
    try #require(curve.losses.count == reference.stoppedAt)
    for point in 0..<reference.stoppedAt {
      #expect(isClose(curve.learningRates[point], reference.learningRates[point], 1e-12))
      guard reference.losses[point] < 1e6 else { continue }
      #expect(isClose(curve.losses[point], reference.losses[point], 1e-9))
      #expect(isClose(curve.smoothed[point], reference.smoothed[point], 1e-9))
    }
    #expect(curve.steepestIndex == reference.steepestIndex)
    #expect(curve.minimumIndex == reference.minimumIndex)
    #expect(isClose(try #require(result.steepest.learningRate), reference.steepestRate, 1e-9))
    if reference.minimumIndex < reference.stoppedAt - 1 {
      #expect(isClose(try #require(result.tenthOfMinimum.learningRate), reference.minimumRateOverTen, 1e-9))
      #expect(
        isClose(try #require(result.decadeBelowDivergence.learningRate), reference.learningRates.last! / 10, 1e-9))
    } else {
      #expect(result.tenthOfMinimum == .refused(.stillFalling(reference.to)))
      #expect(result.decadeBelowDivergence == .refused(.neverDiverged(reference.to)))
    }
  }

  /// A quadratic with curvature 1 has f(x) = x² / 2, x_(t+1) = (1 - η_t) x_t.
  @Test func theSlopeIsTakenInTheLogarithmOfTheRate() throws {
    let result = try quadratic(RangeTest(from: 1e-3, to: 10, steps: 60, smoothing: 0))
    let curve = result.curve
    for point in 1..<curve.losses.count - 1 {
      let width = log(curve.learningRates[point + 1] / curve.learningRates[point - 1])
      let slope = (curve.smoothed[point + 1] - curve.smoothed[point - 1]) / width
      #expect(isClose(curve.slopes[point - 1], slope, 1e-9))
    }
    #expect(curve.slopes.min() == curve.slopes[try #require(curve.steepestIndex) - 1])
  }

  @Test func passesAreAveragedBeforeTheyAreSmoothed() throws {
    let test = RangeTest(from: 1e-3, to: 1, steps: 20, passes: 3, smoothing: 0.9)
    let losses: @Sendable (Int, Int) -> Double = { step, pass in 10 - Double(step) / 4 + [0.5, -0.25, 1][pass] }
    var seen: [RangeTest.Step] = []
    let result = try test.run(on: ()) { _, step in
      seen.append(step)
      return losses(step.index, step.pass)
    }
    var average = 0.0
    for step in 0..<20 {
      let mean = (losses(step, 0) + losses(step, 1) + losses(step, 2)) / 3
      average = 0.9 * average + 0.1 * mean
      #expect(isClose(result.curve.losses[step], mean, 1e-14))
      #expect(isClose(result.curve.smoothed[step], average / (1 - pow(0.9, Double(step + 1))), 1e-12))
    }
    #expect(seen.map(\.pass) == (0..<60).map { $0 % 3 })
    #expect(seen.map(\.index) == (0..<60).map { $0 / 3 })
  }

  @Test func eachPassBeginsAtTheSameModelAndKeepsItsOwn() throws {
    var starts: [Int] = []
    _ = try RangeTest(from: 1e-3, to: 1, steps: 5, passes: 2).run(on: 100) { model, step in
      if step.index == 0 { starts.append(model) }
      #expect(model == 100 + step.index * (step.pass + 1))
      model += step.pass + 1
      return 1
    }
    #expect(starts == [100, 100])
  }

  // MARK: - Nothing of the caller's changes

  @Test func parametersStateAndGeneratorAreAsBefore() throws {
    var parameters = ParameterSet<Double>(zeros: try Layout([("w", [3]), ("b", [])]))
    try parameters.set("w", to: Tensor([1, -2, 3]))
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.01, for: parameters.layout)
    let generator = SeededGenerator(seed: 5)
    for _ in 0..<7 { try optimizer.step(&parameters, gradients: parameters) }
    let before = try Snapshot(parameters, optimizer, generator)

    let state = try optimizer.state()
    let first = try RangeTest(steps: 50).run(parameters: parameters, state: state) {
      try Optimizer(SGD(momentum: 0.9), learningRate: $0, for: parameters.layout)
    } evaluate: { parameters, step in
      (noisyNorm(parameters, step), parameters)
    }
    let second = try RangeTest(steps: 50).run(on: (parameters, optimizer, generator)) { model, _ in
      try model.1.step(&model.0, gradients: model.0)
      return Double(model.2.next() % 3)
    }
    #expect(first.curve.losses.count == 50 && second.curve.losses.count > 10)
    #expect(try Snapshot(parameters, optimizer, generator) == before)

    // The same again, and the run goes on as if there had been no test.
    var (other, otherOptimizer) = (parameters, optimizer)
    try optimizer.step(&parameters, gradients: parameters)
    try otherOptimizer.step(&other, gradients: other)
    #expect(parameters == other)
  }

  private struct Snapshot: Equatable {
    let parameters: [UInt64]
    let velocity: [UInt64]
    let head: OptimizerState<Double>.Head
    let next: UInt64

    init(_ parameters: ParameterSet<Double>, _ optimizer: Optimizer<Double>, _ generator: SeededGenerator) throws {
      let state = try optimizer.state()
      self.parameters = parameters.bits
      velocity = try #require(state.slots.values.first).bits
      head = state.head
      next = generator.peek
    }
  }

  @Test func theTestGoesOnFromTheStateItIsGiven() throws {
    var parameters = ParameterSet<Double>(zeros: try Layout.vector(1))
    try parameters.set("parameters", to: Tensor([1]))
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.5), learningRate: 0.25, for: parameters.layout)
    try optimizer.step(&parameters, gradients: parameters)
    // x = 1 - 1/4, m = 1; then m = 1/2 + x and x -= η_0 m. The rate is the first one, though a step has been taken.
    let test = RangeTest(from: 1e-2, to: 1, steps: 2)
    let result = try test.run(parameters: parameters, state: try optimizer.state()) {
      try Optimizer(SGD(momentum: 0.5), learningRate: $0, for: parameters.layout)
    } evaluate: { parameters, _ in
      (parameters["parameters"]!.elements[0], parameters)
    }
    #expect(isClose(result.curve.losses[1], 0.75 - 0.01 * 1.25, 1e-15))
    #expect(result.curve.learningRates == [0.01, 1])
  }

  // MARK: - It refuses rather than guesses

  /// With noise in the gradient, x stays away from the minimum, so the loss grows as soon as η > 2. Where x comes close to
  /// the minimum by chance, at a small rate, suggestions above that rate are refused.
  @Test(arguments: 1...50)
  func suggestionsAreRatesThatWork(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let result = try RangeTest(from: 1e-4, to: 100, smoothing: 0.8).run(on: 3.0) { x, step in
      let loss = x * x / 2 + 0.1
      x -= step.learningRate * (x + Double.random(in: -0.3...0.3, using: &random))
      return loss
    }
    let steepest = try #require(result.steepest.learningRate)
    #expect(steepest > 1e-2 && steepest < 1, "seed \(seed)")
    for rate in [result.tenthOfMinimum, result.decadeBelowDivergence].compactMap(\.learningRate) {
      #expect(rate > 1e-2 && rate < 1, "seed \(seed)")
    }
  }

  @Test(arguments: 1...50)
  func noiseIsNotTakenForAFall(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let result = try RangeTest().run(on: ()) { _, _ in 5 + Double.random(in: -1...1, using: &random) }
    for suggestion in [result.steepest, result.tenthOfMinimum, result.decadeBelowDivergence] {
      #expect(suggestion.learningRate == nil, "seed \(seed)")
    }
  }

  @Test(arguments: 1...50)
  func aFallIsSeenThroughTheNoise(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let result = try RangeTest(from: 1e-4, to: 100, smoothing: 0.9).run(on: 3.0) { x, step in
      let loss = x * x / 2
      x *= 1 - step.learningRate
      return loss + Double.random(in: 0...1, using: &random)
    }
    let steepest = try #require(result.steepest.learningRate, "seed \(seed), \(result.steepest)")
    #expect(steepest > 3e-3 && steepest < 2, "seed \(seed)")
  }

  @Test func aCurveThatShowsNothingIsRefusedWithTheReason() throws {
    func suggestions(_ test: RangeTest, _ loss: (Int) -> Double) throws -> [Suggestion] {
      let result = try test.run(on: ()) { _, step in loss(step.index) }
      return [result.steepest, result.tenthOfMinimum, result.decadeBelowDivergence]
    }
    #expect(
      try suggestions(RangeTest()) { _ in 1 } == [.refused(.neverFell), .refused(.neverFell), .refused(.neverFell)])
    #expect(try suggestions(RangeTest()) { Double($0 + 1) }[0] == .refused(.neverFell))
    #expect(try suggestions(RangeTest()) { $0 < 4 ? 1 : .nan }[0] == .refused(.tooFewRates(4)))
    #expect(try suggestions(RangeTest(steps: 8)) { 9 - Double($0) }[0] == .refused(.tooFewRates(8)))
    let falling = try suggestions(RangeTest(smoothing: 0)) { 1000 - Double($0 * $0) / 20 }
    #expect(falling == [.refused(.stillFalling(10)), .refused(.stillFalling(10)), .refused(.neverDiverged(10))])
    // Smoothed with 0.98 the curve still falls where the loss has been rising for long.
    let lagging = try suggestions(RangeTest()) { $0 < 40 ? 1000 : $0 < 45 ? 200 : 200 + Double($0) }
    #expect(lagging[0].refusal.map { if case .beyondMinimum = $0 { true } else { false } } == true)
    // The minimum is at the 20th of 100 rates from 1e-7 to 10, a tenth of it at 4e-7 below the range.
    let early = try suggestions(RangeTest(from: 1e-6, to: 10, smoothing: 0)) { abs(12 - Double($0)) + 1 }
    #expect(early[1].refusal.map { if case .belowRange = $0 { true } else { false } } == true)
  }

  // MARK: - Its end

  @Test func itStopsWhereTheSmoothedLossIsFourTimesTheBest() throws {
    let result = try RangeTest(smoothing: 0).run(on: ()) { _, step in step.index < 20 ? 1 : step.index == 20 ? 4 : 4.1 }
    #expect(result.curve.losses.count == 22)
    guard case .diverged(let rate, _) = result.end else { throw CancellationError() }
    #expect(rate == result.curve.learningRates[21])
  }

  @Test func itDoesNotStopAmongTheFirstTen() throws {
    let result = try RangeTest(smoothing: 0).run(on: ()) { _, step in step.index == 0 ? 1 : 1000 }
    #expect(result.curve.losses.count == 11)
  }

  @Test func aNegativeLossIsNoDivergence() throws {
    let result = try RangeTest(from: 1e-3, to: 1, smoothing: 0).run(on: ()) { _, step in
      -5 - sin(Double(step.index) / 9)
    }
    #expect(result.end == .completed)
    let diverging = try RangeTest(smoothing: 0).run(on: ()) { _, step in step.index < 50 ? -5 : 11 }
    #expect(diverging.curve.losses.count == 51)
  }

  @Test func aLossThatIsNotFiniteAndARefusedStepEndIt() throws {
    for bad in [Double.nan, .infinity, -.infinity] {
      let result = try RangeTest().run(on: ()) { _, step in step.index == 30 ? bad : 1 }
      #expect(result.curve.losses.count == 30)
      guard case .diverged(_, let reason) = result.end else { throw CancellationError() }
      #expect(reason == "the loss is \(bad.isNaN ? "NaN" : "\(bad)")")
    }
    let refused = try RangeTest().run(on: ()) { _, step in
      if step.index == 30 { throw StepError.invalidLearningRate(value: -1, step: 3) }
      return 1
    }
    #expect(refused.curve.losses.count == 30)
    guard case .diverged(_, let reason) = refused.end else { throw CancellationError() }
    #expect(reason.contains("the learning rate of step 3 is -1.0"))
  }

  @Test func otherErrorsAndCancellationPassThrough() throws {
    #expect(throws: CocoaError.self) {
      try RangeTest().run(on: ()) { _, _ in throw CocoaError(.fileNoSuchFile) }
    }
    let cancellation = Cancellation()
    let result = try RangeTest().run(on: (), cancellation: cancellation) { _, step in
      if step.index == 14 { cancellation.cancel() }
      return 1
    }
    #expect(result.end == .cancelled && result.curve.losses.count == 15)
    #expect(result.steepest == .refused(.cancelled))
  }

  @Test func settingsOutOfRangeAreNamed() {
    func refused(_ name: String, _ test: RangeTest) {
      let error = #expect(throws: TuningError.self) { try test.run(on: ()) { _, _ in 1 } }
      #expect(error?.description.hasPrefix("RangeTest.\(name) is ") == true)
    }
    refused("from", RangeTest(from: 0))
    refused("from", RangeTest(from: .nan))
    refused("to", RangeTest(from: 1, to: 1))
    refused("to", RangeTest(from: 1e-300, to: 1e300))
    refused("steps", RangeTest(steps: 1))
    refused("passes", RangeTest(passes: 0))
    refused("smoothing", RangeTest(smoothing: 1))
    refused("smoothing", RangeTest(smoothing: .nan))
    refused("divergenceFactor", RangeTest(divergenceFactor: 1))
    refused("earliestStop", RangeTest(earliestStop: -1))
  }

  @Test func aResultSurvivesCoding() throws {
    let result = try quadratic(RangeTest(from: 1e-4, to: 100))
    let decoded = try JSONDecoder().decode(RangeTestResult.self, from: JSONEncoder().encode(result))
    #expect(decoded == result)
    #expect(decoded.steepest == result.steepest)
  }

  // MARK: - Runs

  private func quadratic(_ test: RangeTest) throws -> RangeTestResult {
    try test.run(on: 1.0) { x, step in
      let loss = x * x / 2
      x *= 1 - step.learningRate
      return loss
    }
  }

  /// A test of SGD on a model, through the optimizer.
  private func run(_ test: RangeTest, _ model: LinearModel, rows: (Int) -> [Int]) throws -> RangeTestResult {
    let start = ParameterSet<Double>(zeros: try Layout.vector(model.width))
    return try test.run(parameters: start) {
      try Optimizer(SGD(), learningRate: $0, for: start.layout)
    } evaluate: { parameters, step in
      let w = parameters["parameters"]!.elements
      var gradients = parameters
      try gradients.set("parameters", to: Tensor(model.gradient(w, on: rows(step.index))))
      return (model.loss(w, on: rows(step.index)), gradients)
    }
  }
}

private func isClose(_ got: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  abs(got - expected) <= tolerance * abs(expected)
}

private func noisyNorm(_ parameters: ParameterSet<Double>, _ step: RangeTest.Step) -> Double {
  parameters.bits.reduce(0) { $0 + abs(Double(bitPattern: $1)) } + Double(step.index % 2)
}

extension ParameterSet<Double> {
  fileprivate var bits: [UInt64] {
    layout.entries.flatMap { self[$0.name]!.elements.map(\.bitPattern) }
  }
}

extension SeededGenerator {
  /// What comes next.
  fileprivate var peek: UInt64 {
    var copy = self
    return copy.next()
  }
}
