import Descent
import TestSupport
import Testing

/// Signed descent along a running mean: a rule as a user writes it, in a module that sees only what is public.
struct SignDescent: UpdateRule {
  var momentum = 0.9
  static var name: String { "sign-descent" }
  var slots: [String] { ["mean"] }
  func coefficients(for step: Step) -> Double { momentum }
  @inline(__always)
  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double) {
    state[0] = L(momentum) * state[0] + L(1 - momentum) * g
    x -= rate * L.sign(state[0])
  }
}

/// Every slot and most of the operations that there are.
struct FourSlots: UpdateRule {
  static var name: String { "four-slots" }
  var slots: [String] { ["mean", "square", "largest", "smallest"] }
  var ascends: Bool { true }
  func coefficients(for step: Step) -> Double { Double(step.number) }
  @inline(__always)
  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ number: Double) {
    state[0] = L(0.5) * state[0] + g
    state[1] = state[1] + g * g
    state[2] = L.maximum(state[2], g)
    state[3] = L.minimum(state[3], -g)
    x -= rate * (state[0] / (L.squareRoot(state[1]) + L(1e-3)) + (state[2] - L.magnitude(state[3])) / L(number))
  }
}

/// A rule that measures before it moves: along the gradient divided by its norm over the tensors of a group.
struct GroupNormalized: UpdateRule {
  static var name: String { "group-normalized" }
  var slots: [String] { [] }
  var memory: KeyValuePairs<String, Double> { ["largestNorm": 0] }
  var measuredScope: Scope? { .group }
  func coefficients(for step: Step) -> Double {
    guard let sums = step.sums else { return 0 }
    return 1 / max(1e-30, sums[0].squareRoot())
  }
  func memory(after step: Step) -> RuleMemory {
    RuleMemory(max(step.memory[0], step.sums.map { $0[0].squareRoot() } ?? 0))
  }
  @inline(__always)
  static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ c: Double, into sums: inout MeasuredLanes<L>
  ) { sums.add(g, times: g, to: 0) }
  @inline(__always)
  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Double) {
    x -= rate * (g * L(c))
  }
}

@Suite struct UserRuleTests {
  /// Each group has its own sum, whether clip factors and rates are those of groups or of tensors.
  @Test(arguments: [Scope.group, .tensor]) func aUsersRuleMeasuresItsGroup(_ scope: Scope) throws {
    let layout = try Layout([("a", [2]), ("b", [1]), ("c", [2]), ("still", [1])])
    var optimizer = try Optimizer<Double>(
      GroupNormalized(), learningRate: 1, clipping: .norm(1e3, scope: scope),
      groups: [
        ParameterGroup("pair", tensors: ["a", "b"]), ParameterGroup("still", tensors: ["still"], isFrozen: true),
      ], for: layout)
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([
      ("a", Tensor([1, 2])), ("b", Tensor([2])), ("c", Tensor([3, 4])), ("still", Tensor([7])),
    ])
    let report = try optimizer.step(&x, gradients: g)
    for (name, expected) in [("a", [-1.0 / 3, -2.0 / 3]), ("b", [-2.0 / 3]), ("c", [-0.6, -0.8]), ("still", [0])] {
      #expect(relativeError(x[name]!.elements, expected: expected) <= 1e-15, "\(name)")
    }
    #expect(abs(report.updateNorm - 2.0.squareRoot()) < 1e-15)
    let memory = try optimizer.state().head.memory
    let (pair, other) = scope == .group ? ("pair", "default") : ("b", "c")
    #expect(memory[pair] == ["largestNorm": 3] && memory[other] == ["largestNorm": 5])
  }

  @Test(arguments: RuleTests.counts) func aUsersRuleDoesWhatItSays(_ count: Int) throws {
    try forBothScalars(Followed(count: count))
  }

  private struct Followed: ScalarTest {
    let count: Int

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 71)
      let start: [Scalar] = uniformVector(count: count, using: &generator)
      var (x, y) = (start, start)
      var mean = start.map { _ in 0 as Scalar }
      var slots = (0..<4).map { _ in mean }
      var signed = try Optimizer<Scalar>(SignDescent(), learningRate: 0.1, weightDecay: .decoupled(0.5), count: count)
      var four = try Optimizer<Scalar>(FourSlots(), learningRate: 0.1, weightDecay: .coupled(0.5), count: count)
      var (expectedX, expectedY) = (start, start)
      for step in 1...3 {
        let gradient: [Scalar] = uniformVector(count: count, using: &generator)
        let report = try signed.step(&x, gradient: gradient)
        try four.step(&y, gradient: gradient)
        #expect(report.path == .body)
        for i in 0..<count {
          mean[i] = 0.9 * mean[i] + Scalar(1 - 0.9) * gradient[i]
          let sign: Scalar = mean[i] > 0 ? 1 : mean[i] < 0 ? -1 : 0
          expectedX[i] = expectedX[i] * Scalar(1 - 0.1 * 0.5) - Scalar(0.1) * sign

          let g = -gradient[i] + 0.5 * expectedY[i]
          slots[0][i] = 0.5 * slots[0][i] + g
          slots[1][i] = slots[1][i] + g * g
          slots[2][i] = max(slots[2][i], g)
          slots[3][i] = min(slots[3][i], -g)
          let quotient = slots[0][i] / (slots[1][i].squareRoot() + Scalar(1e-3))
          let range = (slots[2][i] - abs(slots[3][i])) / Scalar(step)
          expectedY[i] = expectedY[i] - Scalar(0.1) * (quotient + range)
        }
        expectBitsEqual(x, expectedX, "x")
        expectBitsEqual(y, expectedY, "y")
        expectBitsEqual(try signed.slot("mean")[0], mean, "mean")
        for (name, slot) in zip(["mean", "square", "largest", "smallest"], slots) {
          expectBitsEqual(try four.slot(name)[0], slot, name)
        }
      }
    }
  }

  @Test func aUsersRuleHasTheSameBitsForAnyNumberOfThreadsAndIsResumed() throws {
    let model = try Model.crowd()
    var generator = SeededGenerator(seed: 72)
    let start: [[Double]] = model.random(using: &generator)
    let gradients = try (0..<4).map { _ in try model.set(model.random(using: &generator) as [[Double]]) }
    func run(threads: Int?, resumed: Bool) throws -> [[Double]] {
      func optimizer() throws -> Optimizer<Double> {
        try Optimizer(
          FourSlots(), learningRate: .random(epsilon: 0.01, cap: 0.1, seed: 1, draw: .perElement),
          clipping: .value(0.9).thenNorm(2), options: ExecutionOptions(threads: threads), for: model.layout)
      }
      var running = try optimizer()
      var x = try model.set(start)
      for (step, gradient) in gradients.enumerated() {
        if resumed, step == 2 {
          let state = try running.state()
          running = try optimizer()
          try running.load(state)
        }
        try running.step(&x, gradients: gradient)
      }
      return model.arrays(x) + (try ["mean", "square", "largest", "smallest"].flatMap { try running.slot($0) })
    }
    let alone = try run(threads: 1, resumed: false)
    for threads in [2, 4, 8, nil] as [Int?] {
      for (got, expected) in zip(try run(threads: threads, resumed: true), alone) { expectBitsEqual(got, expected) }
    }
  }

  @Test func aStateOfAnotherRuleIsRefused() throws {
    var mine = try Optimizer<Double>(SignDescent(), learningRate: 0.1, count: 1)
    let other = try Optimizer<Double>(SignDescent(momentum: 0.5), learningRate: 0.1, count: 1)
    let sgd = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, count: 1)
    #expect(throws: StateError.self) { try mine.load(other.state()) }
    #expect(throws: StateError.self) { try mine.load(sgd.state()) }
  }
}
