import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

/// Every rule against the naive one: the same bits from the kernels, from BLAS what fused rounding explains.
@Suite struct RuleTests {
  static let counts = [0, 1, 15, 16, 17, 31, 511, 512, 513, 8191, 8192, 8193]

  @Test(arguments: RuleCase.all, Backend.allCases)
  func followsTheNaiveRule(_ ruleCase: RuleCase, _ backend: Backend) throws {
    try forBothScalars(Trajectories(ruleCase: ruleCase, backend: backend, counts: Self.counts, seeds: [1, 2]))
  }

  @Test(arguments: RuleCase.ofEachPath, Backend.allCases)
  func followsTheNaiveRuleOnAMillionElements(_ ruleCase: RuleCase, _ backend: Backend) throws {
    try forBothScalars(Trajectories(ruleCase: ruleCase, backend: backend, counts: [1_000_003], seeds: [3]))
  }

  private struct Trajectories: ScalarTest {
    let ruleCase: RuleCase
    let backend: Backend
    let counts: [Int]
    let seeds: [UInt64]

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      try withEvery("count", in: counts) { count in
        try withEvery("seed", in: seeds) { seed in
          var generator = SeededGenerator(seed: seed)
          let start: [Scalar] = uniformVector(count: count, in: -2...2, using: &generator)
          try follow(from: start, using: &generator)
        }
      }
    }

    func follow<Scalar: TensorScalar>(from start: [Scalar], using generator: inout SeededGenerator) throws {
      let rate = 0.3
      var optimizer = try Optimizer<Scalar>(
        ruleCase.rule, learningRate: LearningRate(.constant(rate)), clipping: .norm(1),
        weightDecay: ruleCase.weightDecay,
        options: ExecutionOptions(backend: backend), count: start.count)
      var naive = ruleCase.reference.run(Scalar.self, weightDecay: ruleCase.weightDecay)
      var x = start
      for step in 1...3 {
        try withLabel("step", step) {
          let gradient: [Scalar] = uniformVector(count: x.count, in: -3...3, using: &generator)
          let before = x
          let report = try optimizer.step(&x, gradient: gradient)

          var expected = before
          naive.step(&expected, gradient: gradient, rate: rate, clipFactor: report.clipFactor)
          if report.path == .axpy {
            let a = (ruleCase.rule.ascends ? rate : -rate) * report.clipFactor
            expectAxpy(x, a: a, gradient: gradient, from: before)
          } else {
            expectBitsEqual(x, expected, "x")
          }
          try expectSlotsEqual(optimizer, ruleCase, [naive])

          #expect(report.step == step && report.outcome == .applied && report.overflow == nil, Trace.comment)
          #expect(report.learningRate == rate, Trace.comment)
          let norm = NaiveNorm.two(gradient)
          expectULPs(report.gradientNorm, norm.value, atMost: 4, "the gradient's norm")
          expectULPs(report.clipFactor, NaiveClip.factor(norm: norm, limit: 1), atMost: 8, "the clip factor")
          let update = NaiveNorm.two(zip(x, before).map { Double($0) - Double($1) }).value
          // The plain step's update is given by the gradient's norm, and differs from this by the rounding of x.
          // Equal steps round their sum the same way in each of a tile's 512 rows, of which the root takes half.
          let rounding =
            8 * Scalar.unitRoundoff * (NaiveNorm.two(before).value + update) + 256 * Double.unitRoundoff * update
          #expect(abs(report.updateNorm - update) <= rounding, Trace.comment)
        }
      }
    }
  }

  @Test func theBLASPathIsTakenByThePlainStepAlone() throws {
    for ruleCase in RuleCase.all {
      for backend in Backend.allCases {
        let optimizer = try Optimizer<Double>(
          ruleCase.rule, learningRate: 0.1, clipping: .norm(1), weightDecay: ruleCase.weightDecay,
          options: ExecutionOptions(backend: backend), count: 3)
        let path = try optimizer.dryRun([1, 2, 3], gradient: [1, 2, 3]).path
        let isPlain = (ruleCase.rule as? SGD)?.momentum == 0 && ruleCase.weightDecay == .none
        let other: StepReport.Path = type(of: ruleCase.rule).hasKernel ? .kernel : .body
        #expect(path == (isPlain && backend == .blas ? .axpy : other), "\(ruleCase) \(backend)")
      }
    }
  }

  /// Gradients and parameters from the least to the largest numbers, in one vector.
  @Test(arguments: RuleCase.all) func followsTheNaiveRuleOverAllMagnitudes(_ ruleCase: RuleCase) throws {
    try forBothScalars(AllMagnitudes(ruleCase: ruleCase))
  }

  private struct AllMagnitudes: ScalarTest {
    let ruleCase: RuleCase

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let all = Scalar.allExponents
      try withEvery("seed", in: [4 as UInt64, 5, 6]) { seed in
        var generator = SeededGenerator(seed: seed)
        // Short of the largest exponents, where the rule would refuse or overflow.
        let largest = Int(ruleCase.rule.largestGradient(for: Scalar.self).exponent) - 8
        let exponents = all.lowerBound...min(all.upperBound - 8, largest)
        var x: [Scalar] = wideVector(count: 1003, exponents: exponents, using: &generator)
        var optimizer = try Optimizer<Scalar>(
          ruleCase.rule, learningRate: 0.25, weightDecay: ruleCase.weightDecay,
          options: ExecutionOptions(backend: .kernels), count: x.count)
        var naive = ruleCase.reference.run(Scalar.self, weightDecay: ruleCase.weightDecay)
        var expected = x
        for step in 1...4 {
          try withLabel("step", step) {
            let gradient: [Scalar] = wideVector(count: x.count, exponents: exponents, using: &generator)
            try optimizer.step(&x, gradient: gradient)
            naive.step(&expected, gradient: gradient, rate: 0.25)
            expectBitsEqual(x, expected, "x")
            try expectSlotsEqual(optimizer, ruleCase, [naive])
          }
        }
      }
    }
  }

  /// A buffer that decays below the least normal number becomes zero instead of slowing every later step; parameters
  /// and gradients keep their subnormal values.
  @Test func onlyTheBufferIsFlushed() throws {
    var x = [Double.leastNonzeroMagnitude, 1e-300]
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.5), learningRate: 0, count: 2)
    try optimizer.step(&x, gradient: [0x1p-1021, 0x1p-1023])
    #expect(try optimizer.slot("momentum")[0] == [0x1p-1021, 0])
    for expected in [0x1p-1022, 0] {
      try optimizer.step(&x, gradient: [0, 0])
      #expect(try optimizer.slot("momentum")[0] == [expected, 0])
    }
    #expect(x == [Double.leastNonzeroMagnitude, 1e-300])

    var plain = try Optimizer<Double>(SGD(), learningRate: 1, count: 1)
    var y = [0.0]
    try plain.step(&y, gradient: [Double.leastNonzeroMagnitude])
    #expect(y == [-Double.leastNonzeroMagnitude])
  }
}
