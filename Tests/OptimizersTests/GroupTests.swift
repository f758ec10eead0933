import Descent
import TestSupport
import Testing

/// Groups with rules, limits and decays of their own, frozen and thawed; tensors without a gradient.
@Suite struct GroupTests {
  /// A model, its start, and gradients for some steps.
  private struct Run {
    let model: Model
    let start: [[Double]]
    let gradients: [[[Double]]]

    init(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      model = try Model.mixed()
      start = model.random(in: -2...2, using: &generator)
      var gradients: [[[Double]]] = []
      for _ in 0..<6 { gradients.append(model.random(in: -3...3, using: &generator)) }
      self.gradients = gradients
    }

    /// The position of a tensor.
    subscript(name: String) -> Int { model.layout.position(of: name)! }

    /// What an optimizer makes of one tensor alone, with the same gradients.
    func alone(
      _ name: String, _ rule: any UpdateRule, clipping: GradientClipping = .none, decay: WeightDecay = .none,
      rate: Double = 0.1, steps: Range<Int>, from start: [Double]? = nil
    ) throws -> [Double] {
      var x = start ?? self.start[self[name]]
      var optimizer = try Optimizer<Double>(
        rule, learningRate: LearningRate(.constant(rate)), clipping: clipping, weightDecay: decay, count: x.count)
      for step in steps { try optimizer.step(&x, gradient: gradients[step][self[name]]) }
      return x
    }
  }

  @Test func everyGroupHasItsOwnRuleLimitAndDecay() throws {
    let run = try Run(seed: 31)
    let limit = GradientClipping.NormLimit(0.5, scope: .tensor)
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: 0.1, weightDecay: .coupled(0.01),
      groups: [
        ParameterGroup(
          "bias", tensors: ["bias"], weightDecay: WeightDecay.none, rule: SGD(momentum: 0.5, nesterov: true),
          normLimit: limit),
        ParameterGroup("long", tensors: ["long"], learningRateScale: 0.5, weightDecay: WeightDecay.none, rule: SGD()),
      ], for: run.model.layout)
    var x = try run.model.set(run.start)
    for gradient in run.gradients { try optimizer.step(&x, gradients: run.model.set(gradient)) }
    let got = run.model.arrays(x)
    let steps = 0..<run.gradients.count
    expectBitsEqual(
      got[run["bias"]],
      try run.alone("bias", SGD(momentum: 0.5, nesterov: true), clipping: .norm(0.5, scope: .tensor), steps: steps),
      "bias")
    expectBitsEqual(
      got[run["weights"]], try run.alone("weights", SGD(momentum: 0.9), decay: .coupled(0.01), steps: steps), "weights")
    let long = try run.alone("long", SGD(), rate: 0.05, steps: steps)
    // The group's rule takes the BLAS path alone, but not beside a coupled decay elsewhere.
    expectClose(got[run["long"]], long, "long") { 64 * 0x1p-53 * (abs(long[$0]) + 6) }
    // Each rule keeps arrays of its own tensors alone.
    #expect(try optimizer.state().slots["momentum"]?.layout["long"] == nil)
    #expect(try optimizer.state().slots["momentum"]?.layout["bias"] != nil)
  }

  @Test func whatIsFrozenIsUntouchedAndNoPartOfANorm() throws {
    try forBothScalars(Frozen())
  }

  private struct Frozen: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      var generator = SeededGenerator(seed: 32)
      let start: [[Scalar]] = model.random(using: &generator)
      var gradients: [[Scalar]] = model.random(using: &generator)
      let frozen: Set<String> = ["weights", "tiny"]
      // A NaN in a frozen tensor's gradient is nobody's business.
      gradients[0][7] = .nan
      var optimizer = try Optimizer<Scalar>(
        SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(0.5), weightDecay: .decoupled(0.1),
        groups: [ParameterGroup("frozen", tensors: frozen, isFrozen: true)], for: model.layout)
      let others = model.layout.entries.filter { !frozen.contains($0.name) }
      let rest = try Model(others.map { ($0.name, $0.shape) })
      var alone = try Optimizer<Scalar>(
        SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(0.5), weightDecay: .decoupled(0.1), for: rest.layout)
      func kept(_ arrays: [[Scalar]]) -> [[Scalar]] { others.map { arrays[model.layout.position(of: $0.name)!] } }
      var (x, y) = (try model.set(start), try rest.set(kept(start)))
      for _ in 0..<3 {
        let report = try optimizer.step(&x, gradients: model.set(gradients))
        let expected = try alone.step(&y, gradients: rest.set(kept(gradients)))
        #expect(report.gradientNorm == expected.gradientNorm && report.updateNorm == expected.updateNorm)
      }
      for (got, expected) in zip(kept(model.arrays(x)), rest.arrays(y)) { expectBitsEqual(got, expected) }
      for (name, array) in zip(model.layout.entries.map(\.name), zip(model.arrays(x), start))
      where frozen.contains(name) {
        expectBitsEqual(array.0, array.1, name)
        #expect(try optimizer.state().slots["momentum"]![name]!.elements.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func noGradientIsNotAGradientOfZeros() throws {
    let run = try Run(seed: 33)
    func optimizer() throws -> Optimizer<Double> {
      try Optimizer(
        SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), weightDecay: .coupled(0.1), for: run.model.layout)
    }
    var (without, zeros) = (try optimizer(), try optimizer())
    var (x, y) = (try run.model.set(run.start), try run.model.set(run.start))
    var list = try run.model.list(run.start)
    var listed = try optimizer()
    for (step, gradient) in run.gradients.enumerated() {
      var zeroed = gradient
      if step >= 2 { zeroed[run["bias"]] = gradient[run["bias"]].map { _ in 0 } }
      let absent: Set<String> = step >= 2 ? ["bias"] : []
      let names = run.model.layout.entries.map(\.name).filter { !absent.contains($0) }
      let set = try run.model.set(gradient)
      // The set may lack what is absent.
      try without.step(&x, gradients: ParameterSet(names.map { ($0, set[$0]!) }), absent: absent)
      try listed.step(&list, gradients: run.model.list(gradient), absent: absent)
      try zeros.step(&y, gradients: run.model.set(zeroed))
    }
    let (got, zeroed) = (run.model.arrays(x), run.model.arrays(y))
    for (got, expected) in zip(list.map(\.elements), got) { expectBitsEqual(got, expected) }
    #expect(got[run["bias"]] != zeroed[run["bias"]])
    expectBitsEqual(got[run["weights"]], zeroed[run["weights"]], "a gradient of zeros is no part of a norm either")
    // From the third step on nothing of it moved: neither by momentum nor by decay.
    var (z, early) = (try run.model.set(run.start), try optimizer())
    for gradient in run.gradients[..<2] { try early.step(&z, gradients: run.model.set(gradient)) }
    expectBitsEqual(got[run["bias"]], run.model.arrays(z)[run["bias"]])

    #expect(throws: StepError.unexpectedTensor("other")) {
      try without.step(&x, gradients: run.model.set(run.start), absent: ["other"])
    }
    #expect(throws: StepError.missingTensor("bias")) {
      let set = try run.model.set(run.start)
      try without.step(&x, gradients: ParameterSet([("weights", set["weights"]!)]), absent: ["long"])
    }
  }

  @Test func groupsChangeInTheMiddleOfARunWithoutLosingState() throws {
    let run = try Run(seed: 34)
    func step(_ optimizer: inout Optimizer<Double>, _ x: inout ParameterSet<Double>, _ steps: Range<Int>) throws {
      for step in steps { try optimizer.step(&x, gradients: run.model.set(run.gradients[step])) }
    }
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, for: run.model.layout)
    var unbroken = optimizer
    var (x, y) = (try run.model.set(run.start), try run.model.set(run.start))
    try step(&optimizer, &x, 0..<2)
    try optimizer.regroup([ParameterGroup("some", tensors: ["bias", "long"])])
    try step(&optimizer, &x, 2..<4)
    try optimizer.regroup([])
    try step(&optimizer, &x, 4..<6)
    try step(&unbroken, &y, 0..<6)
    #expect(run.model.arrays(x) == run.model.arrays(y) && optimizer.completedSteps == 6)

    // Frozen for two steps: as if those had not been for this tensor.
    var (frozen, z) = (try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, for: run.model.layout), x)
    z = try run.model.set(run.start)
    try step(&frozen, &z, 0..<2)
    try frozen.regroup([ParameterGroup("frozen", tensors: ["bias"], isFrozen: true)])
    try step(&frozen, &z, 2..<4)
    try frozen.regroup([])
    try step(&frozen, &z, 4..<6)
    var bias = run.start[run["bias"]]
    var alone = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.1, count: bias.count)
    for step in [0, 1, 4, 5] { try alone.step(&bias, gradient: run.gradients[step][run["bias"]]) }
    expectBitsEqual(run.model.arrays(z)[run["bias"]], bias)

    #expect(throws: StepError.unknownTensor("other", group: "g")) {
      try frozen.regroup([ParameterGroup("g", tensors: ["other"])])
    }
    #expect(frozen.groups.isEmpty && frozen.completedSteps == 6)
  }

  /// A tensor that joins later begins where it is: what measures the way from the start sees no jump.
  @Test func whatIsThawedHasNotTravelled() throws {
    let layout = try Layout([("a", [3]), ("b", [3])])
    let frozen = [ParameterGroup("frozen", tensors: ["b"], isFrozen: true)]
    let g = try ParameterSet<Double>([("a", Tensor([0, 0, 0])), ("b", Tensor([0, 0, 0]))])
    func thawed(_ rule: any UpdateRule, _ rate: LearningRate) throws -> Optimizer<Double> {
      var optimizer = try Optimizer<Double>(rule, learningRate: rate, groups: frozen, for: layout)
      var x = try ParameterSet<Double>([("a", Tensor([1, 2, 3])), ("b", Tensor([100, 200, 300]))])
      try optimizer.step(&x, gradients: g)
      try optimizer.regroup([])
      for _ in 0..<2 { try optimizer.step(&x, gradients: g) }
      return optimizer
    }
    let distance = try thawed(SGD(), LearningRate(1, .distance(.dog(beginning: .distance(0.5)))))
    guard case .distance(let controller) = distance.learningRate.controllers[0] else { return }
    #expect(controller.state.distance == 0.5)
    let prodigy = try thawed(Prodigy(), 1)
    #expect(try prodigy.state().slots["origin"]?["b"]?.elements == [100, 200, 300])
  }

  /// With groups of several rules: state goes by name, is refused where the groups differ, and resumes the same bits.
  @Test func severalRulesAreResumed() throws {
    let run = try Run(seed: 35)
    func optimizer(_ momentum: Double = 0.5) throws -> Optimizer<Double> {
      try Optimizer(
        Prodigy(initialDistance: 1e-3), learningRate: 1,
        groups: [
          ParameterGroup("a", tensors: ["bias"], rule: SGD(momentum: .constant(momentum))),
          ParameterGroup("b", tensors: ["long"], rule: DAdaptation(initialDistance: 1e-3)),
        ], for: run.model.layout)
    }
    func result(resumeAt pause: Int?) throws -> [[Double]] {
      var running = try optimizer()
      var x = try run.model.set(run.start)
      for (step, gradient) in run.gradients.enumerated() {
        if step == pause {
          let state = try running.state()
          running = try optimizer()
          try running.load(state)
        }
        try running.step(&x, gradients: run.model.set(gradient))
      }
      return run.model.arrays(x)
    }
    let unbroken = try result(resumeAt: nil)
    for pause in [1, 4] { #expect(try result(resumeAt: pause) == unbroken) }
    var other = try optimizer(0.6)
    let error = try #require(throws: StateError.self) { try other.load(optimizer().state()) }
    #expect(error.description.contains("groups"))
  }

  @Test func limitsOfTwoOrdersAreRefused() throws {
    let error = try #require(throws: StepError.self) {
      try Optimizer<Double>(
        SGD(), learningRate: 1, clipping: .norm(1, order: .one),
        groups: [ParameterGroup("g", tensors: ["a"], normLimit: .init(1))], for: Layout([("a", [1])]))
    }
    #expect(error.description.contains("ParameterGroup.normLimit"))
  }
}
