import Descent
import Foundation
import TestSupport
import Testing

/// Schedule-free rules: two points, of which the caller has one.
@Suite struct ScheduleFreeTests {
  @Test(arguments: ["sgd", "adamw", "radam"].flatMap { OptimizerCase.all("schedule_free_\($0)", peer: "other") })
  func followsSchedulefree(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    let weighting = ScheduleFreeWeighting(stepPower: hyper["r"]!, ratePower: hyper["weight_lr_power"]!)
    let rate = Schedule.constant(hyper["lr"]!)
    let decay = Schedule.constant(hyper["weight_decay"]!)
    func value(_ name: String) -> Schedule { .constant(hyper[name]!) }
    let isAdam = reference.optimizer != "schedule_free_sgd"
    let rule: any UpdateRule =
      switch reference.optimizer {
      case "schedule_free_adamw":
        ScheduleFreeAdamW(
          interpolation: value("betas[0]"), beta2: value("betas[1]"), epsilon: value("eps"), weighting: weighting)
      case "schedule_free_radam":
        ScheduleFreeRAdam(
          interpolation: value("betas[0]"), beta2: value("betas[1]"), epsilon: value("eps"), weighting: weighting,
          startsSilently: hyper["silent_sgd_phase"] == 1)
      default: ScheduleFreeSGD(interpolation: value("momentum"), weighting: weighting)
      }
    // RAdam needs none.
    let warmup = Int(hyper["warmup_steps"] ?? 0)
    let replay = try Replay(reference)
    try replay.follow(
      Optimizer(
        rule, learningRate: LearningRate(warmup > 0 ? .warmup(to: hyper["lr"]!, over: warmup) : rate),
        weightDecay: isAdam ? .decoupled(decay) : .coupled(decay), for: replay.layout))
  }

  /// The stored ones of Optax.
  static let ofOptax = ["sgd", "adamw"].flatMap { OptimizerCase.all("schedule_free_\($0)", peer: "optax") }

  /// All without a warm-up. In one, Optax's rates are a step behind its weights and rounded to single precision, which no
  /// schedule of a rate can say.
  @Test(arguments: ofOptax.filter { $0.hyper["warmup_steps"] == nil })
  func followsOptax(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    let interpolation = Schedule.constant(hyper["b1"]!)
    let weighting = ScheduleFreeWeighting(ratePower: hyper["weight_lr_power"]!)
    let rule: any UpdateRule =
      reference.optimizer == "schedule_free_adamw"
      ? ScheduleFreeAdamW(
        interpolation: interpolation, beta2: .constant(hyper["b2"]!), epsilon: .constant(hyper["eps"]!),
        weighting: weighting)
      : ScheduleFreeSGD(interpolation: interpolation, weighting: weighting)
    let replay = try Replay(reference)
    try replay.follow(
      Optimizer(
        rule, learningRate: LearningRate(.constant(hyper["learning_rate"]!)),
        weightDecay: .decoupled(.constant(hyper["weight_decay"] ?? 0)), for: replay.layout))
  }

  /// x is the mean of all z with the weights of the definition, and y lies between them; for rates of any size, up, down
  /// and zero.
  @Test func theAverageIsTheWeightedMeanOfAllIterates() throws {
    try withEvery("seed", in: 1...40 as ClosedRange<UInt64>) { seed in
      var generator = SeededGenerator(seed: seed)
      let size = [1e-170, 1e-3, 1, 1e100].randomElement(using: &generator)!
      let rates = (0..<30).map { $0 < seed % 3 ? 0 : size * Double.random(in: 0...1, using: &generator) }
      let (r, p) = (Double.random(in: 0...3, using: &generator), [0, 1, 2, 3.5].randomElement(using: &generator)!)
      let beta = Double.random(in: 0...1, using: &generator)
      let weighting = ScheduleFreeWeighting(stepPower: r, ratePower: p)
      for rule in [
        ScheduleFreeSGD(interpolation: .constant(beta), weighting: weighting),
        ScheduleFreeAdamW(interpolation: .constant(beta), weighting: weighting),
      ] as [any UpdateRule] {
        var optimizer = try Optimizer<Double>(
          rule, learningRate: LearningRate(.custom("drawn") { rates[min($0, 29)] }), count: 3)
        var y = [1.0, -2, 3].map { $0 * size }
        let scale = y.map(abs).max()!
        var (iterates, weights): ([[Double]], [Double]) = ([], [])
        for k in 1...30 {
          let before = try optimizer.evaluationPoint(of: y).parameters
          try optimizer.step(&y, gradient: y.map { $0 / scale })
          let z = try optimizer.slot("iterate")[0]
          let x = try optimizer.evaluationPoint(of: y).parameters
          let largest = rates[0..<k].max()!
          // In units of the size, so that the power neither overflows nor vanishes.
          weights.append(pow(Double(k), r) * pow(largest / size, p))
          iterates.append(z)
          let sum = weights.reduce(0, +)
          for i in y.indices {
            let mean = zip(iterates, weights).reduce(0) { $0 + $1.0[i] * $1.1 } / sum
            #expect(abs(x[i] - (sum > 0 ? mean : before[i])) <= 1e-13 * scale, "\(Trace.current), step \(k)")
            #expect(abs(y[i] - (1 - beta) * z[i] - beta * x[i]) <= 1e-15 * scale, "\(Trace.current), step \(k)")
          }
        }
      }
    }
  }

  /// β 0 is plain descent, beside its mean.
  @Test func withoutInterpolationTheParametersDescendPlainly() throws {
    var optimizer = try Optimizer<Double>(ScheduleFreeSGD(interpolation: 0), learningRate: 0.1, count: 2)
    var plain = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 2)
    var (x, y) = ([3.0, -4], [3.0, -4])
    var sum = [0.0, 0]
    for k in 1...20 {
      try optimizer.step(&x, gradient: x)
      try plain.step(&y, gradient: y)
      sum = zip(sum, y).map(+)
      #expect(relativeError(x, expected: y) < 1e-15)
      let mean = try optimizer.evaluationPoint(of: x).parameters
      #expect(relativeError(mean, expected: sum.map { $0 / Double(k) }) < 1e-14)
    }
  }

  @Test func theEvaluationPointIsAValueOfTheAverage() throws {
    var (optimizer, plain) = (
      try Optimizer<Float>(ScheduleFreeAdamW(), learningRate: 0.1, count: 2),
      try Optimizer<Float>(SGD(momentum: 0.9), learningRate: 0.1, count: 2)
    )
    var (x, y): ([Float], [Float]) = ([3, -4], [3, -4])
    #expect(try optimizer.evaluationPoint(of: x).parameters == x, "before the first step the parameters are it")
    for _ in 1...3 {
      try optimizer.step(&x, gradient: x)
      try plain.step(&y, gradient: y)
    }
    #expect(try plain.evaluationPoint(of: y).parameters == y)
    let point = try optimizer.evaluationPoint(of: x)
    #expect(point.completedSteps == 3 && point.parameters != x)
    #expect(try optimizer.slot("average")[0] == point.parameters)
    #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [.nan, 1]) }
    #expect(try optimizer.evaluationPoint(of: x) == point)
    let before = point.parameters
    try optimizer.step(&x, gradient: x)
    let later = try optimizer.evaluationPoint(of: x)
    #expect(point.parameters == before && later != point)
    var resumed = try Optimizer<Float>(ScheduleFreeAdamW(), learningRate: 0.1, count: 2)
    try resumed.load(optimizer.state())
    #expect(try resumed.evaluationPoint(of: x) == later)
    #expect(throws: StepError.self) { try optimizer.evaluationPoint(of: [1]) }
  }

  /// Tensors of several rules, frozen for a while, or without a gradient: each begins where it is when it first moves.
  @Test func aTensorBeginsWhenItFirstMoves() throws {
    let model = try Model([("a", [3]), ("late", [9000]), ("other", [5])])
    let groups = { (isFrozen: Bool) in
      [
        ParameterGroup("late", tensors: ["late"], isFrozen: isFrozen),
        ParameterGroup("other", tensors: ["other"], rule: SGD(momentum: 0.9)),
      ]
    }
    var optimizer = try Optimizer<Double>(
      ScheduleFreeSGD(), learningRate: 0.1, groups: groups(true), for: model.layout)
    var generator = SeededGenerator(seed: 98)
    let start: [[Double]] = model.random(using: &generator)
    var x = try model.set(start)
    for _ in 1...3 {
      let gradients: [[Double]] = model.random(using: &generator)
      try optimizer.step(&x, gradients: model.set(gradients))
    }
    #expect(model.arrays(x)[1] == start[1])
    #expect(model.arrays(try optimizer.evaluationPoint(of: x).parameters)[1] == start[1])

    try optimizer.regroup(groups(false))
    let zeros = model.arrays(x).map { $0.map { _ in 0.0 } }
    let (before, beforeList) = (model.arrays(x), try model.list(model.arrays(x)))
    try optimizer.step(&x, gradients: model.set(zeros))
    let moved = model.arrays(x)
    #expect(relativeError(moved[1], expected: before[1]) < 1e-15)
    let weights = model.arrays(try optimizer.evaluationPoint(of: x).parameters)
    #expect(weights[0] != moved[0] && weights[2] == moved[2])
    #expect(relativeError(weights[1], expected: before[1]) < 1e-15)
    let list = try optimizer.evaluationPoint(of: model.list(moved)).parameters
    #expect(list.map(\.elements) == weights && beforeList.map(\.elements) == before)
  }

  @Test func whatIsOutOfRangeIsRefused() throws {
    for (name, rule, decay) in [
      ("ScheduleFreeSGD.interpolation", ScheduleFreeSGD(interpolation: 1.1), .none),
      ("ScheduleFreeWeighting.stepPower", ScheduleFreeSGD(weighting: .init(stepPower: -1)), .none),
      ("ScheduleFreeWeighting.ratePower", ScheduleFreeAdamW(weighting: .init(ratePower: .infinity)), .none),
      ("ScheduleFreeAdamW.beta2", ScheduleFreeAdamW(beta2: 1), .none),
      ("ScheduleFreeAdamW.epsilon", ScheduleFreeAdamW(epsilon: 0), .none),
      ("WeightDecay.independent", ScheduleFreeSGD(), .independent(0.1)),
      ("WeightDecay.independent", ScheduleFreeAdamW(), .independent(0.1)),
      ("ScheduleFreeRAdam.beta2", ScheduleFreeRAdam(beta2: 1), .none),
      ("ScheduleFreeRAdam.epsilon", ScheduleFreeRAdam(epsilon: 0), .none),
      ("ScheduleFreeWeighting.stepPower", ScheduleFreeRAdam(weighting: .init(stepPower: -1)), .none),
      ("WeightDecay.independent", ScheduleFreeRAdam(), .independent(0.1)),
    ] as [(String, any UpdateRule, WeightDecay)] {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(rule, learningRate: 1, weightDecay: decay, count: 1)
      }
      #expect(error.description.contains(name), "\(error)")
    }
  }
}
