import Descent
import NaiveReference
import TestSupport
import Testing

/// What a step or an optimizer refuses, by name and before anything is written.
@Suite struct RefusalTests {
  // MARK: - Tensors that do not fit

  private static func layout() throws -> Layout { try Layout([("a", [2, 3]), ("b", [4])]) }

  @Test func tensorsThatDoNotFitTheLayoutAreNamed() throws {
    let layout = try Self.layout()
    var optimizer = try Optimizer<Double>(SGD(momentum: 0.5), learningRate: 0.1, for: layout)
    let others: [(Layout, StepError)] = [
      (try Layout([("a", [2, 3])]), .missingTensor("b")),
      (try Layout([("a", [2, 3]), ("c", [4])]), .missingTensor("b")),
      (try Layout([("a", [2, 3]), ("b", [4]), ("c", [1])]), .unexpectedTensor("c")),
      (try Layout([("a", [3, 2]), ("b", [4])]), .shapeMismatch(tensor: "a", expected: [2, 3], found: [3, 2])),
      (try Layout([("a", [2, 3]), ("b", [])]), .shapeMismatch(tensor: "b", expected: [4], found: [])),
      (try Layout([("b", [4]), ("a", [2, 3])]), .unexpectedOrder(expected: "a", found: "b")),
    ]
    var x = ParameterSet<Double>(zeros: layout)
    let gradients = ParameterSet<Double>(zeros: layout)
    for (other, error) in others {
      var wrong = ParameterSet<Double>(zeros: other)
      #expect(throws: error) { try optimizer.step(&x, gradients: wrong) }
      #expect(throws: error) { try optimizer.step(&wrong, gradients: gradients) }
      #expect(throws: error) { try optimizer.dryRun(x, gradients: wrong) }
      #expect(!error.description.isEmpty && optimizer.completedSteps == 0)
    }
  }

  @Test func aListThatDoesNotFitTheLayoutIsRefused() throws {
    let layout = try Self.layout()
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 0.1, for: layout)
    let a = try Tensor<Float>(zeros: [2, 3])
    let b = try Tensor<Float>(zeros: [4])
    var x = [a, b]
    #expect(throws: StepError.tensorCount(expected: 2, found: 1)) { try optimizer.step(&x, gradients: [a]) }
    #expect(throws: StepError.shapeMismatch(tensor: "a", expected: [2, 3], found: [4])) {
      try optimizer.step(&x, gradients: [b, a])
    }
    x = [a, b, a]
    #expect(throws: StepError.tensorCount(expected: 2, found: 3)) { try optimizer.step(&x, gradients: [a, b]) }
  }

  @Test func aVectorOfAnotherLengthIsRefused() throws {
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 3)
    var x = [1.0, 2, 3]
    func mismatch(_ found: Int) -> StepError { .shapeMismatch(tensor: "parameters", expected: [3], found: [found]) }
    #expect(throws: mismatch(2)) { try optimizer.step(&x, gradient: [1, 2]) }
    #expect(throws: mismatch(0)) { try optimizer.step(&x, gradient: []) }
    #expect(throws: mismatch(4)) { try optimizer.dryRun(x, gradient: [1, 2, 3, 4]) }
    var short = [1.0]
    #expect(throws: mismatch(1)) { try optimizer.step(&short, gradient: [1, 2, 3]) }
    #expect(x == [1, 2, 3] && short == [1])

    // An optimizer of two tensors takes no bare vector.
    var two = try Optimizer<Double>(SGD(), learningRate: 0.1, for: Self.layout())
    var ten = Array(repeating: 0.0, count: 10)
    #expect(throws: StepError.tensorCount(expected: 2, found: 1)) { try two.step(&ten, gradient: ten) }
  }

  // MARK: - Overlap

  @Test func memoryThatOverlapsIsRefusedWhereverItDoes() throws {
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 64)
    defer { memory.deallocate() }
    memory.initialize(repeating: 1)
    func piece(_ start: Int) -> UnsafeMutableBufferPointer<Double> {
      UnsafeMutableBufferPointer(rebasing: memory[start..<start + 8])
    }
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1, count: 8)
    for offset in [0, 1, 7] {
      for (x, g) in [(16, 16 + offset), (16 + offset, 16)] {
        let error = try #require(throws: StepError.self) {
          try optimizer.step(piece(x), gradient: UnsafeBufferPointer(piece(g)))
        }
        guard case .overlap(let first, let second) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(first.contains("\"parameters\"") && second.contains("\"parameters\""))
      }
    }
    #expect(memory.allSatisfy { $0 == 1 } && optimizer.completedSteps == 0)
    // Side by side is not overlap; and one place after the other does not hide what comes next.
    try optimizer.step(piece(16), gradient: UnsafeBufferPointer(piece(24)))
    try optimizer.step(piece(16), gradient: UnsafeBufferPointer(piece(8)))
    #expect(throws: StepError.self) { try optimizer.step(piece(16), gradient: UnsafeBufferPointer(piece(20))) }
    #expect(optimizer.completedSteps == 2 && memory[16..<24].allSatisfy { $0 == -1 })
  }

  @Test func tensorsOfAListThatOverlapAreRefused() throws {
    let layout = try Layout([("a", [8]), ("nothing", [0]), ("b", [8])])
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 64)
    defer { memory.deallocate() }
    memory.initialize(repeating: 1)
    func piece(_ start: Int, _ count: Int = 8) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(rebasing: memory[start..<start + count])
    }
    func step(_ x: [Int], _ g: [Int]) throws {
      var optimizer = try Optimizer<Float>(SGD(), learningRate: 1, for: layout)
      try optimizer.step(
        [piece(x[0]), piece(x[0] + 4, 0), piece(x[1])],
        gradients: [piece(g[0]), piece(0, 0), piece(g[1])].map { UnsafeBufferPointer($0) })
    }
    for (x, g) in [
      ([0, 4], [16, 24]), ([0, 8], [4, 24]), ([0, 8], [16, 12]), ([0, 0], [16, 24]), ([8, 0], [24, 1]),
    ] {
      #expect(throws: StepError.self, "\(x) \(g)") { try step(x, g) }
    }
    #expect(memory.allSatisfy { $0 == 1 })
    // Gradients are only read: they may share memory.
    try step([0, 8], [16, 20])
    try step([8, 0], [16, 16])
  }

  // MARK: - Settings

  @Test func aSettingOutOfRangeIsNamedWithItsValue() throws {
    let cases: [(String, () throws -> Optimizer<Double>)] = [
      ("SGD.momentum", { try Optimizer(SGD(momentum: -0.1), learningRate: 1, count: 1) }),
      ("SGD.momentum", { try Optimizer(SGD(momentum: 1), learningRate: 1, count: 1) }),
      ("SGD.dampening", { try Optimizer(SGD(momentum: 0.9, dampening: 1.5), learningRate: 1, count: 1) }),
      ("SGD.momentum", { try Optimizer(SGD(nesterov: true), learningRate: 1, count: 1) }),
      (
        "SGD.dampening",
        {
          try Optimizer(SGD(momentum: 0.9, dampening: 0.1, nesterov: true), learningRate: 1, count: 1)
        }
      ),
      ("WeightDecay.decay", { try Optimizer(SGD(), learningRate: 1, weightDecay: .coupled(-1), count: 1) }),
      ("WeightDecay.independent", { try Optimizer(SGD(), learningRate: 1, weightDecay: .independent(2), count: 1) }),
      (
        "GradientClipping.order",
        {
          try Optimizer(SGD(), learningRate: 1, clipping: .norm(1, order: .p(0)), count: 1)
        }
      ),
      (
        "GradientClipping.order",
        {
          try Optimizer(SGD(), learningRate: 1, clipping: .norm(1, order: .p(.nan)), count: 1)
        }
      ),
      (
        "ExecutionOptions.threads",
        {
          try Optimizer(SGD(), learningRate: 1, options: ExecutionOptions(threads: 0), count: 1)
        }
      ),
      (
        "ExecutionOptions.nonFiniteGradient",
        {
          try Optimizer(
            SGD(), learningRate: 1, options: ExecutionOptions(nonFiniteGradient: .skip(limit: -1)), count: 1)
        }
      ),
      (
        "Plateau.factor",
        {
          try Optimizer(SGD(), learningRate: LearningRate(1, .plateau(Plateau(.minimize, factor: 1))), count: 1)
        }
      ),
      (
        "Plateau.patience",
        {
          try Optimizer(SGD(), learningRate: LearningRate(1, .plateau(Plateau(.minimize, patience: 0))), count: 1)
        }
      ),
      (
        "ParameterGroup.learningRateScale",
        {
          try Optimizer(
            SGD(), learningRate: 1, groups: [ParameterGroup("g", tensors: ["a"], learningRateScale: -1)],
            for: Layout([("a", [1])]))
        }
      ),
      ("count", { try Optimizer(SGD(), learningRate: 1, count: -1) }),
    ]
    for (name, make) in cases {
      let error = try #require(throws: StepError.self) { try make() }
      guard case .invalidSetting(let setting) = error else {
        Issue.record("\(name): \(error)")
        continue
      }
      #expect(setting.name == name)
      #expect(error.description.contains(name) && error.description.contains("\(setting.value)"))
    }
  }

  @Test func aScheduleOutOfRangeIsRefusedAtOnce() {
    for schedule in [.linear(from: 0.1, to: 0, over: 0), .constant(-1), .constant(.nan)] as [Schedule] {
      #expect(throws: StepError.self, "\(schedule)") {
        try Optimizer<Double>(SGD(), learningRate: LearningRate(schedule), count: 1)
      }
    }
  }

  @Test func aHyperparametersScheduleOutOfRangeIsNamed() throws {
    let cases: [(String, SGD, WeightDecay)] = [
      ("SGD.momentum", SGD(momentum: .constant(.nan)), .none),
      ("SGD.dampening", SGD(momentum: 0.9, dampening: .linear(from: 0, to: 1, over: 0)), .none),
      ("WeightDecay.decay", SGD(), .decoupled(.constant(.infinity))),
      ("WeightDecay.decay", SGD(), .coupled(.constant(.nan))),
    ]
    for (name, rule, decay) in cases {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(rule, learningRate: 1, weightDecay: decay, count: 1)
      }
      #expect(error.description.contains(name), "\(error)")
    }
  }

  /// A hyper-parameter that leaves its range stops the step, and nothing has changed.
  @Test func aHyperparameterIsLookedAtInEveryStep() throws {
    let leaving = Schedule.linear(from: 0.5, to: 1.5, over: 4)
    for (name, rule, decay) in [
      ("SGD.momentum", SGD(momentum: leaving), .none), ("SGD.dampening", SGD(momentum: 0.9, dampening: leaving), .none),
      ("WeightDecay.independent", SGD(), .independent(leaving)),
    ] as [(String, SGD, WeightDecay)] {
      var optimizer = try Optimizer<Double>(rule, learningRate: 1, weightDecay: decay, count: 1)
      var x = [1.0]
      for _ in 0..<2 { try optimizer.step(&x, gradient: [1]) }
      if name != "SGD.momentum" { try optimizer.step(&x, gradient: [1]) }
      let (before, steps) = (x, optimizer.completedSteps)
      let error = try #require(throws: StepError.self) { try optimizer.step(&x, gradient: [1]) }
      guard case .invalidSetting(let setting) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(setting.name == name && setting.value == leaving.value(after: steps) && x == before)
      #expect(optimizer.completedSteps == steps)
    }
  }

  /// A user's own schedule is looked at in every step, and a bad value stops that step alone.
  @Test(arguments: [Double.nan, .infinity, -.infinity, -1])
  func aUsersScheduleIsCheckedAtEveryStep(_ bad: Double) throws {
    var optimizer = try Optimizer<Double>(
      SGD(momentum: 0.9), learningRate: LearningRate(.custom("mine") { $0 == 2 ? bad : 0.5 }), count: 2)
    var x = [1.0, 2]
    for _ in 0..<2 { try optimizer.step(&x, gradient: [1, 1]) }
    let before = (x, try optimizer.slot("momentum"))
    for _ in 0..<2 {
      let error = try #require(throws: StepError.self) { try optimizer.step(&x, gradient: [1, 1]) }
      guard case .invalidLearningRate(let value, 3) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(value == bad || bad.isNaN && value.isNaN)
      #expect(error.description.contains(bad.isNaN ? "NaN" : "\(bad)"))
    }
    #expect(x == before.0 && optimizer.completedSteps == 2)
    #expect(try optimizer.slot("momentum") == before.1)
  }

  @Test func aRateBeyondTheScalarTypeIsRefused() throws {
    var x: [Float] = [1]
    var optimizer = try Optimizer<Float>(SGD(), learningRate: 1e39, count: 1)
    #expect(throws: StepError.invalidLearningRate(value: 1e39, step: 1)) { try optimizer.step(&x, gradient: [1]) }
    #expect(x == [1])
    // A draw within the range, and the scale of a group beyond it.
    let layout = try Layout([("w", [1])])
    let scaled = try Optimizer<Float>(
      SGD(), learningRate: .random(epsilon: 1e38, cap: .infinity, seed: 1, draw: .perElement),
      groups: [ParameterGroup("all", tensors: ["w"], learningRateScale: 100)], for: layout)
    let ones = try ParameterSet([("w", Tensor<Float>([1], shape: [1]))])
    #expect(throws: StepError.self) { try scaled.dryRun(ones, gradients: ones) }
  }

  @Test func groupsNameTensorsThatAreThereAndEachOnce() throws {
    let layout = try Self.layout()
    let (first, second) = (ParameterGroup("first", tensors: ["a"]), ParameterGroup("second", tensors: ["a", "b"]))
    #expect(throws: StepError.tensorInTwoGroups("a", first: "first", second: "second")) {
      try Optimizer<Double>(SGD(), learningRate: 1, groups: [first, second], for: layout)
    }
    #expect(throws: StepError.unknownTensor("c", group: "third")) {
      try Optimizer<Double>(
        SGD(), learningRate: 1, groups: [ParameterGroup("third", tensors: ["b", "c"])], for: layout)
    }
    let byName = ParameterGroup("biases", of: layout) { $0.hasPrefix("b") }
    #expect(byName.tensors == ["b"])
  }

  // MARK: - Numbers that are too large

  /// With momentum 0.9 the buffer grows to ten times the gradient: what would overflow it is refused although finite.
  @Test(arguments: Backend.allCases) func aFiniteGradientTooLargeForTheRuleIsRefused(_ backend: Backend) throws {
    try forBothScalars(TooLarge(backend: backend))
  }

  private struct TooLarge: ScalarTest {
    let backend: Backend

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model([("a", [3]), ("b", [2, 2])])
      let greatest = Scalar.greatestFiniteMagnitude
      let start = [[1, 2, 3], [4, 5, 6, 7]] as [[Scalar]]
      func optimizer(_ clipping: GradientClipping = .none) throws -> Optimizer<Scalar> {
        try Optimizer(
          SGD(momentum: 0.9), learningRate: 1e-30, clipping: clipping, options: ExecutionOptions(backend: backend),
          for: model.layout)
      }
      var refusing = try optimizer()
      var x = try model.set(start)
      try refusing.step(&x, gradients: model.set([[1, 1, 1], [1, 1, 1, 1]]))
      let before = (model.arrays(x), try refusing.slot("momentum"))
      let huge = try model.set([[1, 1, 1], [1, 1, -greatest / 2, greatest / 2]])
      let error = try #require(throws: StepError.self) { try refusing.step(&x, gradients: huge) }
      guard case .gradientTooLarge("b", 2, [1, 0], let value, let largest) = error else {
        Issue.record("\(error) (\(Trace.current))")
        return
      }
      #expect(value == -Double(greatest / 2) && largest < -value && largest > Double(greatest) / 20)
      for (got, expected) in zip(model.arrays(x), before.0) { expectBitsEqual(got, expected, "parameter") }
      for (got, expected) in zip(try refusing.slot("momentum"), before.1) { expectBitsEqual(got, expected, "momentum") }
      #expect(refusing.completedSteps == 1)

      // Clipped it is as good as any other.
      for clipping in [.value(1), .norm(1), .norm(1, scope: .tensor)] as [GradientClipping] {
        var clipped = try optimizer(clipping)
        var x = try model.set(start)
        #expect(try clipped.step(&x, gradients: huge).overflow == nil, Trace.comment)
      }
    }
  }

  /// An update that overflows a parameter cannot be taken back: the report names it, and the next step refuses.
  @Test(arguments: Sample.ofTheEngine) func anOverflowIsReportedAndEndsTheRun(_ sample: Sample) throws {
    try forBothScalars(Overflowing(sample: sample))
  }

  private struct Overflowing: ScalarTest {
    let sample: Sample

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let greatest = Scalar.greatestFiniteMagnitude
      let model = try Model([("a", [3]), ("long", [9000])])
      var sample = sample
      sample.clipping = .none
      sample.rate = LearningRate(.constant(Double(greatest) / 8))
      var optimizer = try sample.optimizer(for: model.layout, type)
      var start = [[1, 2, 3], Array(repeating: 1, count: 9000)] as [[Scalar]]
      start[1][8999] = sample.rule.ascends ? greatest : -greatest
      var x = try model.set(start)
      var gradients = [[0, 0, 0], Array(repeating: 0, count: 9000)] as [[Scalar]]
      gradients[1][8999] = 4
      let report = try optimizer.step(&x, gradients: model.set(gradients))
      let overflow = try #require(report.overflow)
      #expect(overflow.tensor == "long" && overflow.flatIndex == 8999 && overflow.value.magnitude == .infinity)
      #expect(report.outcome == .applied && optimizer.completedSteps == 1)
      let after = model.arrays(x)
      #expect(throws: StepError.parametersOverflowed(overflow)) {
        try optimizer.step(&x, gradients: model.set(gradients))
      }
      #expect(model.arrays(x) == after && optimizer.completedSteps == 1)
    }
  }
}
