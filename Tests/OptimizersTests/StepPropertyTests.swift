import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

/// Random settings, layouts, magnitudes and memory: the kernels give the naive step's bits.
@Suite struct StepPropertyTests {
  @Test(arguments: 1...120 as ClosedRange<UInt64>) func aStepIsTheNaiveStep(_ seed: UInt64) throws {
    try withLabel("seed", seed) { try forBothScalars(Random(seed: seed)) }
  }

  private struct Random: ScalarTest {
    let seed: UInt64

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: seed)
      func pick<Choice>(_ choices: [Choice]) -> Choice { choices.randomElement(using: &generator)! }
      let momentum = pick([0, 0, 0.5, 0.9, 0.999])
      let nesterov = momentum > 0 && pick([true, false])
      let rule = SGD(
        momentum: .constant(momentum), dampening: .constant(nesterov ? 0 : pick([0, 0.3])), nesterov: nesterov,
        maximize: pick([true, false]))
      var ruleCase = pick([RuleCase("random", rule), pick(RuleCase.all)])
      ruleCase.weightDecay = pick([.none, .coupled(0.01), .decoupled(0.3)])
      let bound: Double? = pick([nil, nil, 0.4])
      let limit: Double? = pick([nil, 1e-3, 1, 1e3])
      var clipping = bound.map { GradientClipping.value($0) } ?? .none
      if let limit { clipping = clipping.thenNorm(limit, order: pick([.one, .two, .infinity, .p(3)])) }
      let rate = pick([0.3, 1e-4, 0])

      let extent = pick([3, 40, 700, 9000])
      let tensors = (0..<pick([1, 2, 5, 40])).map { index in
        (name: "tensor \(index)", shape: [Int.random(in: 0...extent, using: &generator)])
      }
      let model = try Model(tensors)
      var optimizer = try Optimizer<Scalar>(
        ruleCase.rule, learningRate: LearningRate(.constant(rate)), clipping: clipping,
        weightDecay: ruleCase.weightDecay,
        options: ExecutionOptions(
          backend: .kernels, threads: pick([1, 2, 3, nil]), instructionSet: pick(InstructionSet.available)),
        for: model.layout)
      var naive = NaiveOptimizer<Scalar>(ruleCase, tensors: tensors.count)
      let exponents = pick([-2...2, -20...20, -100...20])
      var x: [[Scalar]] = model.layout.entries.map { _ in [] }
      for (i, entry) in model.layout.entries.enumerated() {
        x[i] = wideVector(count: entry.count, exponents: exponents, using: &generator)
      }
      var (set, list) = (try model.set(x), try model.list(x))
      let usesList = pick([true, false])

      for step in 1...4 {
        try withLabel("step", step) {
          let gradients: [[Scalar]] = model.layout.entries.map {
            pick([false, false, true])
              ? Array(repeating: 0, count: $0.count)
              : wideVector(count: $0.count, exponents: exponents, using: &generator)
          }
          let report =
            usesList
            ? try optimizer.step(&list, gradients: model.list(gradients))
            : try optimizer.step(&set, gradients: model.set(gradients))
          naive.step(
            &x, gradients: gradients, rates: gradients.map { _ in .same(rate) },
            clipFactors: gradients.map { _ in report.clipFactor }, valueBound: bound)
          let got = usesList ? list.map(\.elements) : model.arrays(set)
          for (got, expected) in zip(got, x) { expectBitsEqual(got, expected, "x") }
          try expectSlotsEqual(optimizer, ruleCase, naive.rules)

          let clipped = gradients.map { gradient in bound.map { NaiveClip.byValue(gradient, bound: $0) } ?? gradient }
          if let norm = clipping.normLimit {
            let p = [NormOrder.one: 1, .two: 2, .infinity: .infinity, .p(3): 3][norm.order]!
            let factor = NaiveClip.factor(norm: NaiveNorm.of(clipped.joined(), order: p), limit: norm.limit)
            expectULPs(report.clipFactor, factor, atMost: 8, "the clip factor")
          }
          expectULPs(report.gradientNorm, NaiveNorm.two(gradients.joined()).value, atMost: 4, "the norm")
        }
      }
    }
  }

  /// Squares of `Float` differences do not all fit a `Float`.
  @Test func theSizeOfAnUpdateIsSeenWhateverItsMagnitude() throws { try forBothScalars(UpdateSizes()) }

  private struct UpdateSizes: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      // A kernel and a body; every element moves, every third, or the last alone.
      for rule in [SGD(momentum: 0.9), QuasiHyperbolic(nu: 0)] as [any UpdateRule] {
        for magnitude in [1e-36, 1e-30, 1e-20, 1e-9, 1, 1e16, 1e25, 1e37] {
          for (spacing, count) in [(1, 128), (1, 1000), (3, 1000), (128, 128)] {
            let gradient = (0..<count).map { $0 % spacing == spacing - 1 ? Scalar(magnitude) : 0 }
            var optimizer = try Optimizer<Scalar>(rule, learningRate: 1, count: count)
            var x = [Scalar](repeating: 0, count: count)
            let report = try optimizer.step(&x, gradient: gradient)
            let expected = NaiveNorm.two(x).value
            #expect(
              abs(report.updateNorm - expected) <= 8 * Scalar.unitRoundoff * expected && expected > 0,
              "\(rule), \(magnitude), every \(spacing) of \(count)")
          }
        }
      }
    }
  }
}
