import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

@Suite struct ClipTests {
  @Test(arguments: ClipCase.all, Backend.allCases)
  func followsTheNaiveClip(_ clipCase: ClipCase, _ backend: Backend) throws {
    try forBothScalars(OnAModel(clipCase: clipCase, backend: backend))
  }

  private struct OnAModel: ScalarTest {
    let clipCase: ClipCase
    let backend: Backend

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      let groups = [ParameterGroup("first", tensors: ["weights", "tiny", "nothing"], learningRateScale: 0.5)]
      try withEvery("rule", in: RuleCase.ofEachPath) { ruleCase in
        var generator = SeededGenerator(seed: 11)
        var optimizer = try Optimizer<Scalar>(
          ruleCase.rule, learningRate: 0.25, clipping: clipCase.clipping, weightDecay: ruleCase.weightDecay,
          groups: groups,
          options: ExecutionOptions(backend: backend), for: model.layout)
        var naive = NaiveOptimizer<Scalar>(ruleCase, tensors: model.layout.entries.count)
        var x: [[Scalar]] = model.random(in: -2...2, using: &generator)
        var set = try model.set(x)
        for step in 1...2 {
          try withLabel("step", step) {
            let gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
            let report = try optimizer.step(&set, gradients: try model.set(gradients))
            let factors = try factors(model, groups, gradients)
            let rates = model.layout.entries.map { groups[0].tensors.contains($0.name) ? 0.125 : 0.25 }
            let before = x
            naive.step(
              &x, gradients: gradients, rates: rates.map { .same($0) }, clipFactors: factors,
              valueBound: clipCase.clipping.valueBound)
            for (i, got) in model.arrays(set).enumerated() {
              let name = model.layout.entries[i].name
              if report.path == .axpy {
                expectAxpy(got, a: -rates[i] * factors[i], gradient: gradients[i], from: before[i], name)
              } else {
                expectBitsEqual(got, x[i], name)
              }
            }
            x = model.arrays(set)
            let moves = zip(x.joined(), before.joined()).map { Double($0) - Double($1) }
            let update = NaiveNorm.two(moves).value
            let rounding = 8 * Scalar.unitRoundoff * (NaiveNorm.two(before.joined()).value + update)
            #expect(abs(report.updateNorm - update) <= rounding, Trace.comment)
            #expect(report.clipFactor == factors.min(), Trace.comment)
            expectULPs(report.gradientNorm, NaiveNorm.two(gradients.joined()).value, atMost: 4, "the norm")
          }
        }
      }
    }

    /// The engine's factor of every tensor, taken from an optimizer of the tensors that share its limit alone. Each is
    /// within a few ulp of the naive one; its last bits are what the engine's norm makes of them.
    func factors<Scalar: TensorScalar>(
      _ model: Model, _ groups: [ParameterGroup], _ gradients: [[Scalar]]
    ) throws -> [Double] {
      guard let limit = clipCase.clipping.normLimit else { return gradients.map { _ in 1 } }
      return try model.layout.entries.indices.map { tensor in
        let sharing = model.layout.entries.indices.filter { other in
          let (a, b) = (model.layout.entries[tensor].name, model.layout.entries[other].name)
          return switch limit.scope {
          case .global: true
          case .group: groups[0].tensors.contains(a) == groups[0].tensors.contains(b)
          case .tensor: a == b
          }
        }
        let alone = try Model(sharing.map { (model.layout.entries[$0].name, model.layout.entries[$0].shape) })
        let gradients = sharing.map { gradients[$0] }
        var clipping = clipCase.clipping
        clipping.normLimit?.scope = .global
        let report = try Optimizer<Scalar>(
          SGD(), learningRate: 1, clipping: clipping, options: ExecutionOptions(backend: backend), for: alone.layout
        ).dryRun(alone.set(gradients), gradients: alone.set(gradients))

        let clipped = gradients.map { gradient in
          clipping.valueBound.map { NaiveClip.byValue(gradient, bound: $0) } ?? gradient
        }
        let norm = NaiveNorm.of(clipped.joined(), order: limit.order.exponent)
        expectULPs(
          report.clipFactor, NaiveClip.factor(norm: norm, limit: limit.limit), atMost: 8,
          "the factor of \(model.layout.entries[tensor].name)")
        return report.clipFactor
      }
    }
  }

  @Test(arguments: Backend.allCases) func aClippedGradientHasTheLimitAsItsNorm(_ backend: Backend) throws {
    for seed: UInt64 in 1...20 {
      var generator = SeededGenerator(seed: seed)
      let gradient: [Double] = wideVector(count: 5000, exponents: -30...30, using: &generator)
      for (order, p) in [(.one, 1), (.two, 2), (.p(3), 3), (.infinity, .infinity)] as [(NormOrder, Double)] {
        let limit = 1e-3
        let clipped = try clip([gradient], .norm(limit, order: order), backend)[0]
        let norm = NaiveNorm.of(clipped, order: p).value
        // The norm's 4 ulp, a division, and a rounding of each element, which all may point one way.
        #expect(abs(norm - limit) <= 8 * limit * Double.ulpOfOne, "seed \(seed), \(order): \(norm)")
      }
    }
  }

  @Test func aGradientWithinTheLimitKeepsItsBits() throws {
    var generator = SeededGenerator(seed: 12)
    let gradient: [Double] = wideVector(count: 999, exponents: -1074 ... -30, using: &generator)
    let norm = try Optimizer<Double>(SGD(), learningRate: 1, count: 999).dryRun(gradient, gradient: gradient)
      .gradientNorm
    for backend in Backend.allCases {
      for limit in [norm.nextUp.nextUp.nextUp, 1, .greatestFiniteMagnitude] {
        expectBitsEqual(try clip([gradient], .norm(limit), backend)[0], gradient, "limit \(limit)")
      }
    }
  }

  // MARK: - The stored cases

  @Test(arguments: ClippingCase.of("clip_global_norm").filter { $0.clipped != nil }, Backend.allCases)
  func byGlobalNormGivesTheStoredTensors(_ reference: ClippingCase, _ backend: Backend) throws {
    try check(reference, backend, .norm(reference.limit, order: reference.order))
  }

  @Test(arguments: ClippingCase.of("clip_per_tensor_norm").filter { $0.clipped != nil }, Backend.allCases)
  func byTensorNormGivesTheStoredTensors(_ reference: ClippingCase, _ backend: Backend) throws {
    try check(reference, backend, .norm(reference.limit, order: reference.order, scope: .tensor))
  }

  @Test(arguments: ClippingCase.of("clip_block_rms").filter { $0.clipped != nil }, Backend.allCases)
  func byRootMeanSquareGivesTheStoredTensors(_ reference: ClippingCase, _ backend: Backend) throws {
    try check(reference, backend, .rootMeanSquare(try #require(reference.parameters["threshold"])))
  }

  @Test(arguments: ClippingCase.of("adaptive_clip"), Backend.allCases)
  func adaptivelyGivesTheStoredTensors(_ reference: ClippingCase, _ backend: Backend) throws {
    let limit = AdaptiveLimit(
      ratio: try #require(reference.parameters["clipping"]), floor: try #require(reference.parameters["eps"]),
      units: .optax)
    let model = try Model(reference.gradients.map { ($0.name!, $0.shape) })
    let weights = reference.weights.map(\.elements)
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 1, clipping: .adaptive(limit), options: ExecutionOptions(backend: backend), for: model.layout
    )
    var parameters = try model.set(weights)
    try optimizer.step(&parameters, gradients: model.set(reference.gradients.map(\.elements)))
    for (i, after) in model.arrays(parameters).enumerated() {
      for (place, expected) in try #require(reference.clipped)[i].elements.enumerated() {
        // The clipped gradient is seen through the step, whose rounding is that of the weight.
        let error = abs(weights[i][place] - after[place] - expected)
        #expect(error <= 1e-13 * abs(expected) + 0x1p-52 * abs(weights[i][place]), "\(i)[\(place)]")
      }
    }
  }

  /// Rows and columns, gradients and weights of all magnitudes, zeros, and matrices of no size.
  @Test(arguments: [AdaptiveLimit.Units.leading, .trailing]) func adaptiveClippingFollowsTheNaiveClip(
    _ units: AdaptiveLimit.Units
  ) throws {
    try forBothScalars(Adaptive(units: units))
  }

  private struct Adaptive: ScalarTest {
    let units: AdaptiveLimit.Units

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let limit = AdaptiveLimit(ratio: 0.05, floor: 1e-3, units: units)
      try withEvery("shape", in: [[1, 1], [3, 5], [1, 700], [700, 1], [130, 70], [0, 4]] as [[Int]]) { shape in
        var generator = SeededGenerator(seed: 17)
        let model = try Model([("matrix", shape), ("other", [3])])
        let exponents = Scalar.self == Double.self ? -1020...1000 : -120...120
        let subnormal = Scalar.allExponents.lowerBound...Scalar.allExponents.lowerBound + 8
        for scale in [-4...4, exponents, subnormal] {
          let weights: [[Scalar]] = model.layout.entries.map {
            wideVector(count: $0.count, exponents: -6...2, using: &generator)
          }
          var gradients: [[Scalar]] = model.layout.entries.map {
            wideVector(count: $0.count, exponents: scale, using: &generator)
          }
          if !gradients[0].isEmpty { gradients[0][0] = 0 }
          // With the rate 0 nothing moves, so momentum keeps what the rule was given.
          var optimizer = try Optimizer<Scalar>(
            SGD(momentum: 0.5), learningRate: 0, clipping: .adaptive(limit), for: model.layout)
          var parameters = try model.set(weights)
          let report = try optimizer.step(&parameters, gradients: model.set(gradients))
          let got = try optimizer.slot("momentum")[0]
          let expected = NaiveClip.adaptive(
            gradients[0], weights: weights[0], columns: shape[1], byColumn: units == .trailing, ratio: 0.05, floor: 1e-3
          )
          expectClose(got, expected, "clipped") {
            16 * Scalar.unitRoundoff * abs(Double(expected[$0])) + Double(Scalar.leastNormalMagnitude)
          }
          #expect(report.clipFactor <= 1, Trace.comment)
        }
      }
    }
  }

  /// Clipping by unit, then by value, then by the norm of what is left.
  @Test func clipsFollowEachOtherInTheirOrder() throws {
    let x = [3.0, 4, 0.5, 0]
    let gradient = [[3.0, 4, 30, -40]]
    let layout = try Layout([("w", [2, 2])])
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.5), learningRate: 0,
      clipping: .adaptive(AdaptiveLimit(ratio: 0.5)).thenValue(1).thenNorm(1), for: layout)
    var parameters = try ParameterSet([("w", Tensor(x, shape: [2, 2]))])
    let report = try optimizer.step(&parameters, gradients: ParameterSet([("w", Tensor(gradient[0], shape: [2, 2]))]))
    // Rows to 2.5 and 0.25: (1.5, 2), (0.15, -0.2); by value (1, 1), (0.15, -0.2); norm √2.0625.
    let expected = [1, 1, 0.15, -0.2].map { $0 / 2.0625.squareRoot() }
    for (got, expected) in zip(try optimizer.slot("momentum")[0], expected) { #expect(abs(got - expected) < 1e-15) }
    #expect(report.gradientNorm == 2525.0.squareRoot() && abs(report.clipFactor - 0.005) < 1e-15)
    for (name, limit) in [("ratio", AdaptiveLimit(ratio: 0)), ("floor", AdaptiveLimit(floor: .infinity))] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(SGD(), learningRate: 1, clipping: .adaptive(limit), count: 1)
      }
      #expect(error.description.contains("AdaptiveLimit.\(name)"))
    }
  }

  @Test func theSmallestFactorOfAllUnitsIsReportedAfterEveryStep() throws {
    let layout = try Layout([("w", [2, 1])])
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0, clipping: .adaptive(AdaptiveLimit(ratio: 0.5)), for: layout)
    var parameters = try ParameterSet([("w", Tensor([1, 1], shape: [2, 1]))])
    for (gradient, factor) in [([4, 1], 0.125), ([1, 4], 0.125), ([0.25, 0.25], 1)] as [([Double], Double)] {
      let report = try optimizer.step(
        &parameters, gradients: ParameterSet([("w", Tensor(gradient, shape: [2, 1]))]))
      #expect(report.clipFactor == factor, "\(gradient)")
    }
  }

  @Test func aSubnormalGradientIsClippedByUnitLikeAnyOther() throws {
    let clipping = GradientClipping.adaptive(AdaptiveLimit(ratio: 0.5, floor: 0x1p-1060))
    let optimizer = try Optimizer<Double>(SGD(), learningRate: 1, clipping: clipping, count: 1)
    #expect(try optimizer.dryRun([0], gradient: [0x1p-1058]).clipFactor == 0.125)
  }

  @Test(arguments: ClippingCase.of("clip_value").filter { $0.clipped != nil }, Backend.allCases)
  func byValueGivesTheStoredBits(_ reference: ClippingCase, _ backend: Backend) throws {
    let bound = try #require(reference.parameters["max_value"])
    let clipped = try clip(reference.gradients.map(\.elements), .value(bound), backend)
    for (clipped, expected) in zip(clipped, try #require(reference.clipped)) {
      #expect(clipped == expected.elements)
    }
  }

  @Test(arguments: ClippingCase.all.filter { $0.expected.error == "nonfinite" }, Backend.allCases)
  func aStoredBadEntryIsNamed(_ reference: ClippingCase, _ backend: Backend) throws {
    let clipping: GradientClipping =
      switch reference.operation {
      case "clip_global_norm": .norm(reference.limit, order: reference.order)
      case "clip_per_tensor_norm": .norm(reference.limit, order: reference.order, scope: .tensor)
      case "clip_value": .value(try #require(reference.parameters["max_value"]))
      default: .none
      }
    let expected = reference.expected
    let model = try Model(reference.gradients.map { ($0.name!, $0.shape) })
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: 1, clipping: clipping, options: ExecutionOptions(backend: backend),
      for: model.layout)
    var parameters = ParameterSet<Double>(zeros: model.layout)
    let gradients = try model.set(reference.gradients.map(\.elements))
    let error = try #require(throws: StepError.self) { try optimizer.step(&parameters, gradients: gradients) }
    guard case .nonFiniteGradient(let tensor, let flatIndex, let index, let value, let count, let step) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(tensor == expected.tensorName && flatIndex == expected.flatIndex && index == expected.index)
    #expect(value == expected.value?.value || (value.isNaN && expected.value!.value.isNaN))
    #expect(count == 1 && step == 1)
    #expect(parameters == ParameterSet(zeros: model.layout) && optimizer.completedSteps == 0)
  }

  @Test(arguments: ClippingCase.all.filter { $0.expected.error == "invalid_parameter" })
  func aStoredInvalidParameterIsRefused(_ reference: ClippingCase) throws {
    let clipping: GradientClipping =
      reference.operation == "clip_value"
      ? .value(try #require(reference.parameters["max_value"])) : .norm(reference.limit, order: reference.order)
    #expect(throws: StepError.self) { try Optimizer<Double>(SGD(), learningRate: 1, clipping: clipping, count: 3) }
  }

  @Test(arguments: [0, -1, -0.0, Double.nan, .infinity, -.infinity])
  func aLimitThatIsNoneIsRefusedByName(_ limit: Double) throws {
    for (clipping, name) in [
      (.norm(limit), "GradientClipping.normLimit"), (.value(limit), "GradientClipping.valueBound"),
      (.value(1).thenNorm(limit), "GradientClipping.normLimit"),
    ] as [(GradientClipping, String)] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(SGD(), learningRate: 1, clipping: clipping, count: 3)
      }
      guard case .invalidSetting(let setting) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(setting.name == name && (setting.value == limit || limit.isNaN))
    }
  }

  /// A root of a mean is of a tensor; the limit's parts are settable one by one.
  @Test func aRootMeanSquareOfAllTensorsIsRefused() throws {
    var limit = GradientClipping.NormLimit(1)
    limit.isRootMeanSquare = true
    var clipping = GradientClipping.none
    clipping.normLimit = limit
    let error = try #require(throws: StepError.self) {
      try Optimizer<Double>(SGD(), learningRate: 1, clipping: clipping, count: 3)
    }
    #expect(error.description.contains("GradientClipping.normLimit"))
  }

  // MARK: - Support

  private func check(_ reference: ClippingCase, _ backend: Backend, _ clipping: GradientClipping) throws {
    let clipped = try clip(reference.gradients.map(\.elements), clipping, backend)
    let tolerance = try #require(reference.relativeTolerance)
    for (clipped, expected) in zip(clipped, try #require(reference.clipped)) {
      expectClose(clipped, expected.elements, expected.name ?? "") {
        tolerance * abs(expected.elements[$0]) + reference.absoluteTolerance
      }
    }
  }
}

extension ClippingCase {
  fileprivate var limit: Double { parameters["max_norm"] ?? .nan }
  fileprivate var order: NormOrder {
    switch parameters["norm_type"] {
    case 1: .one
    case 2: .two
    case Double.infinity: .infinity
    case let p: .p(p ?? .nan)
    }
  }
}
