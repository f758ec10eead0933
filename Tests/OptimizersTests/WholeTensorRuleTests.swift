import CAllocationCounter
import Descent
import NaiveReference
import TestSupport
import Testing

/// Adafactor, SM3 and Muon: rules that see rows and columns.
@Suite struct WholeTensorRuleTests {
  static let rules: [any UpdateRule] = [
    Adafactor(), Adafactor(rateForm: .absolute, leastFactoredExtent: 30), SM3(), Muon(), Muon(convention: .optax),
  ]

  /// Orthogonalised: all singular values of the step are near one, which is what Muon is for.
  @Test func muonMovesEveryDirectionAlike() throws {
    let layout = try Layout([("w", [40, 60])])
    var generator = SeededGenerator(seed: 62)
    // Columns of very different sizes.
    var gradient: [Double] = uniformVector(count: 2400, in: -1...1, using: &generator)
    for i in gradient.indices { gradient[i] *= Double(1 + i % 60) }
    var x = ParameterSet<Double>(zeros: layout)
    var optimizer = try Optimizer<Double>(Muon(iterations: 8), learningRate: 1, for: layout)
    try optimizer.step(&x, gradients: ParameterSet([("w", Tensor(gradient, shape: [40, 60]))]))
    let step = x["w"]!.elements
    // ‖x Xᵀ v‖ for some v of length one: between 0.6² and 1.3².
    for seed in 1...5 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var v: [Double] = uniformVector(count: 40, in: -1...1, using: &generator)
      let length = NaiveNorm.two(v).value
      v = v.map { $0 / length }
      let w = (0..<60).map { j in (0..<40).reduce(0) { $0 + step[$1 * 60 + j] * v[$1] } }
      #expect(0.6...1.3 ~= NaiveNorm.two(w).value)
    }
  }

  @Test(arguments: rules) func theBitsDependOnNothing(_ rule: any UpdateRule) throws {
    try forBothScalars(
      IndependentBits(rule: rule, learningRate: 0.01, clipping: .value(0.9).thenNorm(3), weightDecay: .coupled(0.01)))
  }

  @Test(arguments: rules, [Float.self, Double.self] as [any TensorScalar.Type])
  func zerosStayZeroAndWhatIsFrozenStays(_ rule: any UpdateRule, _ type: any TensorScalar.Type) throws {
    func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      var x = ParameterSet<Scalar>(zeros: model.layout)
      let zeros = x
      var optimizer = try Optimizer<Scalar>(
        rule, learningRate: 0.1, groups: [ParameterGroup("frozen", tensors: ["weights"], isFrozen: true)],
        for: model.layout)
      for _ in 0..<3 {
        #expect(try optimizer.step(&x, gradients: zeros).updateNorm == 0)
        #expect(x == zeros)
      }
      var generator = SeededGenerator(seed: 64)
      let gradients = try model.set(model.random(using: &generator) as [[Scalar]])
      try optimizer.step(&x, gradients: gradients)
      #expect(x["weights"] == zeros["weights"] && x["bias"] != zeros["bias"] && x["long"] != zeros["long"])
      let before = x
      #expect(throws: StepError.self) {
        var bad = gradients
        try bad.set("tiny", to: Tensor([0, .nan, 0]))
        try optimizer.step(&x, gradients: bad)
      }
      #expect(x == before)
    }
    try check(type)
  }

  /// Muon is not asked: OpenBLAS allocates in products of some shapes (37 by 44 by 37, version 0.3.21).
  @Test(.enabled(if: allocation_counter_is_active()), arguments: rules.filter { !($0 is Muon) })
  func aWarmStepAllocatesNothing(_ rule: any UpdateRule) throws {
    let model = try Model.mixed()
    var generator = SeededGenerator(seed: 65)
    let gradients = try model.set(model.random(using: &generator) as [[Double]])
    var x = gradients
    var optimizer = try Optimizer<Double>(
      rule, learningRate: 0.1, clipping: .norm(1), options: ExecutionOptions(threads: 1), for: model.layout)
    for _ in 0..<3 { try optimizer.step(&x, gradients: gradients) }
    let before = allocation_count_of_this_thread()
    try optimizer.step(&x, gradients: gradients)
    #expect(allocation_count_of_this_thread() == before)
  }

  /// State is as small as the rules promise.
  @Test func theStateHasTheShapesThatTheRulesSay() throws {
    let layout = try Layout([("w", [30, 20]), ("b", [20])])
    let adafactor = try Optimizer<Double>(Adafactor(), learningRate: 1, for: layout).state().slots
    #expect(adafactor["rowMeanSquare"]?.layout["w"]?.shape == [30] && adafactor["rowMeanSquare"]?.layout["b"] == nil)
    #expect(adafactor["columnMeanSquare"]?.layout["w"]?.shape == [20])
    #expect(adafactor["meanSquare"]?.layout["b"]?.shape == [20] && adafactor["meanSquare"]?.layout["w"] == nil)
    let muon = try Optimizer<Double>(Muon(), learningRate: 1, for: layout).state().slots
    #expect(muon["mean"]?.layout.count == 620 && muon["meanSquare"]?.layout.count == 20)
    let sm3 = try Optimizer<Double>(SM3(), learningRate: 1, for: layout).state().slots
    #expect(sm3["mean"]?.layout.count == 620 && sm3["rowMaximum"]?.layout.count == 50)
    #expect(sm3["columnMaximum"]?.layout.count == 20)
  }

  @Test func whatIsOutOfRangeIsRefused() throws {
    for (name, rule) in [
      ("Adafactor.decay", Adafactor(decay: 0)), ("Adafactor.epsilon", Adafactor(epsilon: 0)),
      ("Adafactor.leastParameterScale", Adafactor(leastParameterScale: .nan)),
      ("Adafactor.clipThreshold", Adafactor(clipThreshold: 0)), ("SM3.momentum", SM3(momentum: 1)),
      ("SM3.epsilon", SM3(epsilon: -1)), ("Muon.momentum", Muon(momentum: 1)), ("Muon.epsilon", Muon(epsilon: 0)),
      ("Muon.iterations", Muon(iterations: -1)), ("Muon.coefficients", Muon(coefficients: [1, 2])),
      ("Muon.fallback.beta1", Muon(fallback: Adam(beta1: 1))),
    ] as [(String, any UpdateRule)] {
      let error = try #require(throws: StepError.self) { try Optimizer<Double>(rule, learningRate: 1, count: 1) }
      #expect(error.description.contains(name), "\(error)")
    }
    let error = try #require(throws: StepError.self) {
      try Optimizer<Double>(
        Muon(), learningRate: .random(epsilon: 0.1, cap: 1, seed: 1, draw: .perElement), count: 1)
    }
    #expect(error.description.contains("RandomRate.draw"))
  }
}
