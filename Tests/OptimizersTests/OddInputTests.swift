import Descent
import Foundation
import TestSupport
import Testing

/// Input at the ends of what can be given: nothing, the least and the largest numbers, and calls at unusual moments.
@Suite struct OddInputTests {
  // MARK: - Nothing to move

  /// No tensors, tensors without elements, and single elements of every rank.
  @Test(arguments: Sample.all) func nothingAndNextToNothingCanBeMoved(_ sample: Sample) throws {
    let layouts = [
      [], [("nothing", [0]), ("none", [0, 4])], [("scalar", [])],
      [("one", [1]), ("row", [1, 1]), ("cube", [1, 1, 1])],
      [("nothing", [0]), ("scalar", []), ("none", [3, 0])],
    ]
    for tensors in layouts {
      let layout = try Layout(tensors)
      var optimizer: Optimizer<Double> = try sample.optimizer(for: layout)
      let start = try ParameterSet<Double>(
        layout.entries.map { ($0.name, try Tensor(Array(repeating: 2, count: $0.count), shape: $0.shape)) })
      var x = start
      for step in 1...3 {
        let report = try optimizer.step(&x, gradients: start)
        #expect(report.step == step && report.overflow == nil, "\(tensors)")
        #expect(layout.count > 0 || report.updateNorm == 0 && report.gradientNorm == 0)
      }
      for entry in layout.entries { #expect(x[entry.name]!.elements.allSatisfy { $0.isFinite }, "\(tensors)") }
      var resumed: Optimizer<Double> = try sample.optimizer(for: layout)
      try resumed.load(optimizer.state())
      #expect(resumed.completedSteps == 3)
    }
  }

  /// A rate by the norm of each tensor is nobody's business where there is nothing to move.
  @Test func aTensorThatTakesNoPartNeedsNoRate() throws {
    let layout = try Layout([("a", [2]), ("nothing", [0]), ("frozen", [2]), ("absent", [2])])
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: .normBased(epsilon: 0.1, cap: .infinity, scope: .tensor),
      groups: [ParameterGroup("frozen", tensors: ["frozen"], isFrozen: true)], for: layout)
    var x = try ParameterSet<Double>([
      ("a", Tensor([3, 4])), ("nothing", Tensor([])), ("frozen", Tensor([0, 0])), ("absent", Tensor([0, 0])),
    ])
    let report = try optimizer.step(&x, gradients: x, absent: ["absent"])
    #expect(report.learningRate == 0.1 / 5 && x["frozen"]!.elements == [0, 0])
  }

  /// A group without tensors has a norm of 0, wherever it stands, and its rate is nobody's.
  @Test(arguments: [false, true], [Scope.global, .group]) func aGroupWithoutTensorsChangesNothing(
    _ isLast: Bool, _ scope: Scope
  ) throws {
    let layout = try Layout([("a", [2]), ("b", [1])])
    let full = [ParameterGroup("a", tensors: ["a"]), ParameterGroup("b", tensors: ["b"])]
    let empty = ParameterGroup("empty", tensors: [])
    func step(_ groups: [ParameterGroup]) throws -> (StepReport, ParameterSet<Double>) {
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: .normBased(epsilon: 0.1, cap: .infinity, scope: scope),
        clipping: .norm(1, scope: scope), groups: groups, for: layout)
      var x = try ParameterSet<Double>([("a", Tensor([3, 4])), ("b", Tensor([2]))])
      return (try optimizer.step(&x, gradients: x), x)
    }
    #expect(try step(full) == step(isLast ? full + [empty] : [empty] + full))
  }

  /// Nor is that of a group whose tensors are all absent.
  @Test func aGroupThatTakesNoPartNeedsNoRate() throws {
    let layout = try Layout([("a", [2]), ("absent", [2])])
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: .normBased(epsilon: 0.1, cap: .infinity, scope: .group),
      groups: [ParameterGroup("other", tensors: ["absent"])], for: layout)
    var x = try ParameterSet<Double>([("a", Tensor([3, 4])), ("absent", Tensor([0, 0]))])
    #expect(try optimizer.step(&x, gradients: x, absent: ["absent"]).learningRate == 0.1 / 5)
  }

  /// What is not looked at passes through, and stops nothing.
  @Test(arguments: [Double.infinity, .nan, 1.7e308, 5e-324]) func aTrustedMatrixMayHoldAnything(_ value: Double) throws
  {
    let layout = try Layout([("a", [2, 2])])
    var optimizer = try Optimizer<Double>(
      Muon(), learningRate: 0.1, options: ExecutionOptions(gradientCheck: .trusted), for: layout)
    var x = try ParameterSet<Double>([("a", Tensor([1, 2, 3, 4], shape: [2, 2]))])
    let g = try ParameterSet<Double>([("a", Tensor([value, 0, 0, 1], shape: [2, 2]))])
    #expect(try optimizer.step(&x, gradients: g).step == 1)
  }

  /// Ratio and floor are in range, and their product is 0.
  @Test func aLimitOfZeroLetsNothingPass() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, clipping: .adaptive(AdaptiveLimit(ratio: 1e-200, floor: 1e-200)), count: 2)
    var x = [0.0, 0]
    #expect(try optimizer.step(&x, gradient: [1, 2]).clipFactor == 0 && x == [0, 0])
  }

  @Test func theRateOfAFrozenGroupIsNotReported() throws {
    let layout = try Layout([("a", [1]), ("frozen", [1])])
    let optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.5,
      groups: [ParameterGroup("frozen", tensors: ["frozen"], learningRateScale: 10, isFrozen: true)], for: layout)
    let ones = try ParameterSet<Double>([("a", Tensor([1])), ("frozen", Tensor([1]))])
    #expect(try optimizer.dryRun(ones, gradients: ones).learningRate == 0.5)
  }

  // MARK: - What is not looked for

  /// The size of a plain step follows from the gradient, so that the parameters are not looked at; any other is measured.
  @Test(arguments: Backend.allCases) func aParameterThatWasNaNIsNamedWhereTheUpdateIsMeasured(
    _ backend: Backend
  ) throws {
    for (decay, isSeen) in [(WeightDecay.none, false), (.decoupled(0.1), true)] {
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: 0.1, weightDecay: decay, options: ExecutionOptions(backend: backend), count: 3)
      var x = [1, Double.nan, 2]
      let report = try optimizer.step(&x, gradient: [1, 1, 1])
      #expect((report.overflow?.flatIndex == 1) == isSeen && report.updateNorm.isNaN == isSeen, "\(decay)")
      if isSeen { #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [1, 1, 1]) } }
    }
  }

  /// Without its norm, the size of a plain step is not known.
  @Test(arguments: Backend.allCases) func aTrustedPlainStepDoesNotKnowItsSize(_ backend: Backend) throws {
    let options = ExecutionOptions(backend: backend, gradientCheck: .trusted)
    for (rule, isKnown) in [(SGD(), false), (SGD(momentum: 0.9), true)] {
      var optimizer = try Optimizer<Double>(rule, learningRate: 1, options: options, count: 2)
      var x = [0.0, 0]
      let report = try optimizer.step(&x, gradient: [3, 4])
      #expect(x == [-3, -4] && report.gradientNorm.isNaN && report.overflow == nil)
      #expect(isKnown ? report.updateNorm == 5 : report.updateNorm.isNaN)
    }
  }

  /// λ θ is no part of the gradient that is refused as too large, and its square is infinite here.
  @Test func coupledDecayOfHugeParametersStopsAdam() throws {
    var optimizer = try Optimizer<Double>(Adam(), learningRate: 1e150, weightDecay: .coupled(1), count: 2)
    var x = [1e155, 1]
    let report = try optimizer.step(&x, gradient: [1, 1])
    #expect(x[0] == 1e155 && x[1] < 1 && report.overflow == nil)
  }

  // MARK: - The least and the largest numbers

  /// Gradients below the least normal number, alone and all of them.
  @Test(arguments: Sample.all) func theLeastGradientsLeaveFiniteParameters(_ sample: Sample) throws {
    try forBothScalars(Least(sample: sample))
  }

  private struct Least: ScalarTest {
    let sample: Sample
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let layout = try Layout([("weights", [3, 4]), ("bias", [4])])
      let least = Scalar.leastNonzeroMagnitude
      for factor in [1, 3, -1000] as [Scalar] {
        var optimizer = try sample.optimizer(for: layout, type)
        let gradients = try ParameterSet<Scalar>([
          ("weights", Tensor((0..<12).map { least * factor * Scalar($0) }, shape: [3, 4])),
          ("bias", Tensor([least, 0, -least, least * factor])),
        ])
        var x = try ParameterSet<Scalar>([
          ("weights", Tensor((0..<12).map { Scalar($0) }, shape: [3, 4])), ("bias", Tensor([1, 2, 3, 4])),
        ])
        for _ in 1...3 {
          let report = try optimizer.step(&x, gradients: gradients)
          #expect(report.overflow == nil, Trace.comment)
        }
        for name in ["weights", "bias"] { #expect(x[name]!.elements.allSatisfy { $0.isFinite }, Trace.comment) }
      }
    }
  }

  /// What is added to every parameter is what the report says, whoever does the arithmetic.
  @Test(arguments: Backend.allCases) func aPlainStepThatIsClippedByUnitIsMeasured(_ backend: Backend) throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, clipping: .adaptive(AdaptiveLimit(ratio: 0.5)),
      options: ExecutionOptions(backend: backend), count: 2)
    var x = [3.0, 4]
    let report = try optimizer.step(&x, gradient: [30, 40])
    let moved = ((x[0] - 3) * (x[0] - 3) + (x[1] - 4) * (x[1] - 4)).squareRoot()
    #expect(moved > 1 && abs(report.updateNorm - moved) <= 1e-14 * moved, "\(report), moved by \(moved)")
  }

  @Test func aRateThatIsNoneIsRefusedAndChangesNothing() throws {
    for rate in [-0.1, -.leastNonzeroMagnitude, .infinity, -.infinity, .nan] {
      var x = [1.0, 2]
      var thrown: StepError?
      do throws(StepError) {
        var optimizer = try Optimizer<Double>(
          SGD(momentum: 0.9), learningRate: LearningRate(.custom("odd") { _ in rate }), count: 2)
        try optimizer.step(&x, gradient: [1, 1])
      } catch { thrown = error }
      guard case .invalidLearningRate = thrown else {
        Issue.record("\(rate): \(String(describing: thrown))")
        continue
      }
      #expect(x == [1, 2])
    }
    // In single precision 1e39 is infinite.
    var narrow = try Optimizer<Float>(SGD(), learningRate: 1e39, count: 1)
    var y = [1] as [Float]
    #expect(throws: StepError.self) { try narrow.step(&y, gradient: [1]) }
  }

  /// With a rate of zero, of either sign, nothing moves but by an independent decay.
  @Test(arguments: Sample.ofEveryRule) func aRateOfZeroMovesNothing(_ sample: Sample) throws {
    // Rprop takes steps of its own.
    guard !(sample.rule is Rprop) else { return }
    for rate in [0.0, -0.0] {
      let model = try Model.mixed()
      var generator = SeededGenerator(seed: 201)
      let start: [[Double]] = model.random(in: -2...2, using: &generator)
      var x = try model.set(start)
      var optimizer = try Optimizer<Double>(
        sample.rule, learningRate: LearningRate(.constant(rate)), weightDecay: sample.decay, for: model.layout)
      for _ in 1...3 {
        let gradients: [[Double]] = model.random(in: -3...3, using: &generator)
        #expect(try optimizer.step(&x, gradients: model.set(gradients)).updateNorm <= 1e-13)
      }
      for (got, expected) in zip(model.arrays(x), start) { #expect(relativeError(got, expected: expected) <= 1e-15) }
    }
  }

  /// A parameter that is NaN before the step is the caller's: the step throws and has changed nothing, or its report names the
  /// parameter and the next one refuses, or the rule moves each element by itself and all others are as without it.
  @Test(arguments: Sample.ofEveryRule) func aParameterThatIsNoNumberDoesNotSpreadUnseen(_ sample: Sample) throws {
    var optimizer = try Optimizer<Double>(sample.rule, learningRate: 0.1, for: Layout([("w", [3, 4])]))
    var clean = optimizer
    let gradient = try ParameterSet<Double>([("w", Tensor((1...12).map { Double($0) }, shape: [3, 4]))])
    var x = gradient
    var y = gradient
    try x.set("w", to: Tensor([1, 2, 3, 4, .nan] + (6...12).map { Double($0) }, shape: [3, 4]))
    let before = x["w"]!.elements
    do throws(StepError) {
      let report = try optimizer.step(&x, gradients: gradient)
      try clean.step(&y, gradients: gradient)
      var (got, expected) = (x["w"]!.elements, y["w"]!.elements)
      (got[4], expected[4]) = (0, 0)
      #expect(report.overflow?.value.isNaN == true || got == expected, "\(report)")
    } catch { expectBitsEqual(x["w"]!.elements, before, "\(error)") }
  }

  // MARK: - Unusual moments

  /// What is frozen while gradients are gathered does not move with them.
  @Test func whatIsFrozenInTheMiddleOfASumStays() throws {
    let layout = try Layout([("a", [2]), ("b", [2])])
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.5), learningRate: 1, accumulating: 2, for: layout)
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4]))])
    try optimizer.step(&x, gradients: g)
    try optimizer.regroup([ParameterGroup("frozen", tensors: ["b"], isFrozen: true)])
    let report = try optimizer.step(&x, gradients: g)
    #expect(report.outcome == .applied && report.gradientNorm == 5.0.squareRoot())
    #expect(x["a"]!.elements == [-1, -2] && x["b"]!.elements == [0, 0])
    for _ in 0..<2 { try optimizer.step(&x, gradients: g) }
    #expect(x["b"]!.elements == [0, 0])
  }

  /// What stands in the place of a gradient that is absent is not looked at, in a set neither.
  @Test func anAbsentGradientMayHaveAnyShape() throws {
    let layout = try Layout([("a", [2]), ("b", [2]), ("c", [2])])
    for elements in [[], [9], [9, 9, 9], Array(repeating: 9, count: 40)] as [[Double]] {
      var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, for: layout)
      var x = ParameterSet<Double>(zeros: layout)
      let g = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor(elements)), ("c", Tensor([3, 4]))])
      #expect(try optimizer.dryRun(x, gradients: g, absent: ["b"]).gradientNorm == 30.0.squareRoot())
      try optimizer.step(&x, gradients: g, absent: ["b"])
      #expect(x["a"]!.elements == [-1, -2] && x["b"]!.elements == [0, 0] && x["c"]!.elements == [-3, -4])
      let error = try #require(throws: StepError.self) { try optimizer.step(&x, gradients: g, absent: ["a"]) }
      #expect(
        error == (elements.count == 2 ? error : .shapeMismatch(tensor: "b", expected: [2], found: [elements.count])))
    }
    // In another order too: with a tensor absent, memory is found by name.
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, for: layout)
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([("c", Tensor([3, 4])), ("b", Tensor([9])), ("a", Tensor([1, 2]))])
    try optimizer.step(&x, gradients: g, absent: ["b"])
    #expect(x["a"]!.elements == [-1, -2] && x["c"]!.elements == [-3, -4])
  }

  @Test func twoGroupsOfOneNameAreRefused() throws {
    let layout = try Layout([("a", [2]), ("b", [2]), ("c", [2])])
    func groups(_ first: String, _ second: String) -> [ParameterGroup] {
      [ParameterGroup(first, tensors: ["a"]), ParameterGroup(second, tensors: ["b"])]
    }
    for (first, second) in [("same", "same"), ("default", "other")] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(SGD(), learningRate: 1, groups: groups(first, second), for: layout)
      }
      #expect(error.description.contains("\"\(first)\""), "\(error)")
    }
    // Where every tensor has a group there is no other "default".
    let all = groups("default", "other") + [ParameterGroup("rest", tensors: ["c"])]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, groups: all, for: layout)
    #expect(throws: StepError.self) { try optimizer.regroup(groups("same", "same")) }
    #expect(optimizer.groups.count == 3)
  }

  /// A rule of a user's whose arrays a checkpoint could not tell apart.
  struct Named: UpdateRule {
    var slots: [String]
    static var name: String { "named" }
    func coefficients(for step: Step) -> Double { 0 }
    static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Double) {}
  }

  @Test func slotsThatACheckpointCannotTellApartAreRefused() throws {
    for slots in [["mean", "mean"], ["accumulation"], ["rate/origin"]] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(Named(slots: slots), learningRate: 1, count: 1)
      }
      #expect(error.description.contains("UpdateRule.slots"), "\(error)")
    }
  }

  /// Regrouped to a rule with other arrays and back: each array is what its last rule made of it.
  @Test func aTensorThatChangesItsRuleKeepsTheArraysOfOneName() throws {
    let layout = try Layout([("a", [2]), ("b", [2])])
    var optimizer = try Optimizer<Double>(Adam(), learningRate: 0.1, for: layout)
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4]))])
    try optimizer.step(&x, gradients: g)
    let mean = try optimizer.state().slots["mean"]!["b"]!.elements
    try optimizer.regroup([ParameterGroup("b", tensors: ["b"], rule: Lion())])
    let between = try optimizer.state()
    #expect(between.slots["mean"]?["b"]?.elements == mean && between.slots["meanSquare"]?.layout["b"] == nil)
    try optimizer.step(&x, gradients: g)
    try optimizer.regroup([])
    #expect(try optimizer.state().slots["meanSquare"]!["b"]!.elements == [0, 0])
    #expect(try optimizer.step(&x, gradients: g).overflow == nil)
    var other = try Optimizer<Double>(Adam(), learningRate: 0.1, for: layout)
    #expect(throws: StateError.self) { try other.load(between) }
  }

  /// Copies share their memory until one of them steps, on whatever thread.
  @Test(arguments: Sample.ofEveryRule) func copiesStepOnTwoThreadsAtOnce(_ sample: Sample) throws {
    let model = try Model([("w", [40, 50]), ("b", [9000])])
    var generator = SeededGenerator(seed: 202)
    let start: [[Double]] = model.random(using: &generator)
    let gradients = try (0..<4).map { _ in try model.set(model.random(using: &generator) as [[Double]]) }
    let first: Optimizer<Double> = try sample.optimizer(for: model.layout)
    @Sendable func run(_ optimizer: Optimizer<Double>) throws -> [[Double]] {
      var (optimizer, x) = (optimizer, try model.set(start))
      for g in gradients { try optimizer.step(&x, gradients: g) }
      return model.arrays(x)
    }
    let alone = try run(first)
    let results = Results()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in if let result = try? run(first) { results.add(result) } }
    #expect(results.all.count == 8 && results.all.allSatisfy { $0 == alone })
    #expect(first.completedSteps == 0)
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [[[Double]]] = []
    func add(_ result: [[Double]]) { lock.withLock { all.append(result) } }
  }

  /// What the last step read is known of a copy too.
  @Test func aCopyKnowsTheNormsOfTheLastStep() throws {
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 2)
    var x = [1.0, 2]
    try optimizer.step(&x, gradient: [3, 4])
    let copy = optimizer
    try optimizer.report(metric: 1)
    #expect(optimizer.gradientNorm(of: "parameters")?.value == 5 && copy.gradientNorm(of: "parameters")?.value == 5)
  }

  /// Many tensors are copied in a time that grows with their number, not with its square, which would not end here.
  @Test func aHundredThousandTensorsAreCopied() throws {
    let layout = try Layout((0..<100_000).map { ("tensor \($0)", [1]) })
    var optimizer = try Optimizer<Float>(LAMB(), learningRate: 0.1, clipping: .norm(1, scope: .tensor), for: layout)
    var x = ParameterSet<Float>(zeros: layout)
    let g = x
    for _ in 0..<3 {
      let copy = optimizer
      try optimizer.step(&x, gradients: g)
      #expect(copy.completedSteps == optimizer.completedSteps - 1)
    }
  }
}
