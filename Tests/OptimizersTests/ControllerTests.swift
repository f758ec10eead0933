import Descent
import Foundation
import NaiveReference
import TestSupport
import Testing

/// A sum of squares with curvatures from 1 to 10, on tensors of many sizes.
private struct Bowl {
  let model: Model
  let start: [[Double]]
  let curvatures: [[Double]]

  init(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    model = try Model.mixed()
    start = model.random(in: -2...2, using: &generator)
    curvatures = model.random(in: 1...10, using: &generator)
  }

  func loss(_ x: [[Double]]) -> Double {
    zip(curvatures, x).reduce(0) { zip($1.0, $1.1).reduce($0) { $0 + $1.0 * $1.1 * $1.1 / 2 } }
  }
  func gradient(_ x: [[Double]]) -> [[Double]] { zip(curvatures, x).map { zip($0, $1).map { $0 * $1 } } }
}

@Suite struct ControllerTests {
  @Test(arguments: ControllerCase.all) func followsTheNaiveController(_ controllerCase: ControllerCase) throws {
    for backend in Backend.allCases { try follow(controllerCase, .none, backend) }
  }

  /// What controllers see of a gradient is what it was before clipping, by unit too.
  @Test(
    arguments: ControllerCase.all.filter { !$0.seesTheClipFactor },
    [.value(1).thenNorm(5), .adaptive(AdaptiveLimit(ratio: 0.1))] as [GradientClipping])
  func followsTheNaiveControllerWhateverIsClipped(
    _ controllerCase: ControllerCase, _ clipping: GradientClipping
  ) throws {
    try follow(controllerCase, clipping, .kernels)
  }

  private func follow(_ controllerCase: ControllerCase, _ clipping: GradientClipping, _ backend: Backend) throws {
    let bowl = try Bowl(seed: 91)
    let schedule = Schedule.warmup(to: 1, over: 3).then(.cosine(from: 1, to: 0.1, over: 30))
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: LearningRate(schedule, controllerCase.controller), clipping: clipping,
      options: ExecutionOptions(backend: backend), for: bowl.model.layout)
    let naive = controllerCase.naive()
    var x = try bowl.model.set(bowl.start)
    for t in 0..<40 {
      let arrays = bowl.model.arrays(x)
      let (gradient, loss) = (bowl.gradient(arrays), bowl.loss(arrays))
      let report = try optimizer.step(&x, gradients: bowl.model.set(gradient), loss: loss)
      let expected = naive(schedule.value(after: t), arrays.flatMap { $0 }, gradient.flatMap { $0 }, loss)
      // Sums of 30,000 numbers in another order: 1e-13, times the condition of a quotient of differences.
      #expect(abs(report.learningRate - expected) <= 1e-10 * expected, "\(backend), step \(t)")
      #expect(clipping == .none || report.clipFactor < 1, "nothing was clipped")
    }
  }

  /// Powers of two go through all that is computed without rounding, so that rates of vectors far out of the range of
  /// squares are known exactly: with θ and g in units of 2^e, these are the same.
  @Test(arguments: [-500, -300, 300, 500]) func ratesNeitherOverflowNorUnderflow(_ exponent: Int) throws {
    let bowl = try Bowl(seed: 92)
    let controllers: [LearningRate.Controller] = [
      .barzilaiBorwein(BarzilaiBorweinRate(initialRate: 0.01, safeguard: nil)),
      .hypergradient(HypergradientRate(hyperRate: 0.1)), .distance(.dog(beginning: .rate(0.01), epsilon: 0)),
    ]
    for controller in controllers {
      func rates(unit: Double) throws -> [Double] {
        var optimizer = try Optimizer<Double>(
          SGD(), learningRate: LearningRate(0.5, controller), for: bowl.model.layout)
        var x = try bowl.model.set(bowl.start.map { $0.map { $0 * unit } })
        return try (0..<6).map { _ in
          try optimizer.step(&x, gradients: bowl.model.set(bowl.gradient(bowl.model.arrays(x)))).learningRate
        }
      }
      #expect(try rates(unit: scalbn(1, exponent)) == rates(unit: 1), "\(controller)")
    }
  }

  /// (f u) / ‖g u‖² = (f / ‖g‖²) / u.
  @Test(arguments: [-1000, -500, 500, 900]) func polyakNeitherOverflowsNorUnderflows(_ exponent: Int) throws {
    let rate = LearningRate(1, .polyak(PolyakRate(cap: .greatestFiniteMagnitude)))
    let optimizer = try Optimizer<Double>(SGD(), learningRate: rate, count: 3)
    let unit = scalbn(1, exponent)
    let plain = try optimizer.dryRun([1, 2, 3], gradient: [3, 1, 2], loss: 5).learningRate
    let scaled = try optimizer.dryRun([1, 2, 3], gradient: [3 * unit, unit, 2 * unit], loss: 5 * unit).learningRate
    expectULPs(scaled, plain / unit, atMost: 4, "the rate")
  }

  // MARK: - Peers

  @Test(arguments: OptimizerCase.all("polyak_sgd", peer: "optax"))
  func polyakFollowsOptax(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    let replay = try Replay(reference)
    try replay.follow(
      Optimizer(
        SGD(),
        learningRate: LearningRate(
          .constant(hyper["scaling"]!),
          .polyak(
            .optax(
              leastLoss: hyper["f_min"]!, cap: hyper["max_learning_rate"]!, scaling: hyper["scaling"]!,
              epsilon: hyper["eps"]!))),
        for: replay.layout))
  }

  @Test(arguments: OptimizerCase.all("dog", peer: "optax")) func dogFollowsOptax(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    let beginning: DistanceRate.Beginning =
      if let share = hyper["init_step[heuristic]"] {
        .relative(share)
      } else if let rate = hyper[
        "init_step[learning_rate]"]
      { .rate(rate) } else { .distance(try #require(hyper["init_step[distance]"])) }
    try follow(reference, .dog(beginning: beginning, epsilon: hyper["eps"]!))
  }

  @Test(arguments: OptimizerCase.all("dowg", peer: "optax")) func dowgFollowsOptax(_ reference: OptimizerCase) throws {
    let square = reference.hyper["init_estim_sq_dist"] ?? reference.hyper["eps"]!
    try follow(reference, .dowg(beginning: .distance(square.squareRoot()), epsilon: reference.hyper["eps"]!))
  }

  /// Optax's decay is part of the gradient whose norm is taken.
  private func follow(_ reference: OptimizerCase, _ rate: DistanceRate) throws {
    let replay = try Replay(reference)
    let decay = reference.hyper["weight_decay"] ?? 0
    try replay.follow(
      Optimizer(
        SGD(), learningRate: LearningRate(.constant(reference.hyper["learning_rate"]!), .distance(rate)),
        for: replay.layout)
    ) { gradient, parameter in gradient + decay * parameter }
  }

  // MARK: - What they refuse

  @Test func aLossThatIsNeededMustBeToldAndFinite() throws {
    for controller in [.polyak(PolyakRate()), .barzilaiBorwein(BarzilaiBorweinRate())] as [LearningRate.Controller] {
      var optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(1, controller), count: 2)
      var x = [1.0, 2]
      let missing = try #require(throws: StepError.self) { try optimizer.step(&x, gradient: [1, 1]) }
      guard case .missingLoss(_, step: 1) = missing else {
        Issue.record("\(missing)")
        return
      }
      for loss in [Double.nan, .infinity] {
        #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [1, 1], loss: loss) }
      }
      #expect(x == [1, 2] && optimizer.completedSteps == 0)
      #expect(throws: Never.self) { try optimizer.step(&x, gradient: [1, 1], loss: 3) }
    }
  }

  @Test func aSettingOutOfRangeIsNamed() throws {
    let cases: [(String, LearningRate.Controller)] = [
      ("PolyakRate.cap", .polyak(PolyakRate(cap: 0))), ("PolyakRate.scale", .polyak(PolyakRate(scale: .nan))),
      ("PolyakRate.epsilon", .polyak(PolyakRate(epsilon: -1))),
      ("PolyakRate.leastLoss", .polyak(PolyakRate(leastLoss: -.infinity))),
      ("BarzilaiBorweinRate.initialRate", .barzilaiBorwein(BarzilaiBorweinRate(initialRate: 0))),
      ("BarzilaiBorweinRate.range", .barzilaiBorwein(BarzilaiBorweinRate(range: 0...1))),
      ("BarzilaiBorweinRate.window", .barzilaiBorwein(BarzilaiBorweinRate(safeguard: .init(window: 17)))),
      ("BarzilaiBorweinRate.backoff", .barzilaiBorwein(BarzilaiBorweinRate(safeguard: .init(backoff: 1)))),
      (
        "BarzilaiBorweinRate.sufficientDecrease",
        .barzilaiBorwein(BarzilaiBorweinRate(safeguard: .init(sufficientDecrease: 1)))
      ),
      ("HypergradientRate.hyperRate", .hypergradient(HypergradientRate(hyperRate: 1))),
      ("HypergradientRate.range", .hypergradient(HypergradientRate(hyperRate: 0.1, range: -1...1))),
      ("DistanceRate.beginning.distance", .distance(.dog(beginning: .distance(0)))),
      ("DistanceRate.beginning.rate", .distance(.dowg(beginning: .rate(0.1)))),
      ("DistanceRate.epsilon", .distance(.dog(epsilon: -1))),
      ("SlopePlateau.window", .slopePlateau(SlopePlateau(.minimize, window: 2))),
      ("SlopePlateau.factor", .slopePlateau(SlopePlateau(.minimize, factor: 1))),
      ("SlopePlateau.patience", .slopePlateau(SlopePlateau(.minimize, patience: 0))),
      ("SlopePlateau.leastProbability", .slopePlateau(SlopePlateau(.minimize, leastProbability: 1.1))),
      ("RandomRate.cap", .random(RandomRate(cap: .infinity, seed: 1, distribution: .logUniform))),
    ]
    for (name, controller) in cases {
      let error = try #require(throws: StepError.self) {
        try Optimizer<Double>(SGD(), learningRate: LearningRate(1, controller), count: 1)
      }
      guard case .invalidSetting(let setting) = error else {
        Issue.record("\(name): \(error)")
        continue
      }
      #expect(setting.name == name)
    }
  }

  // MARK: - Whole or not at all, and resumed

  /// A throw, a skip and a dry run leave what a controller has seen as it was.
  @Test(arguments: ControllerCase.all) func whatIsNotAStepLeavesTheControllerAsItWas(
    _ controllerCase: ControllerCase
  ) throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: LearningRate(0.01, controllerCase.controller),
      options: ExecutionOptions(nonFiniteGradient: .skip(limit: 2)), count: 3)
    var x = [1.0, -2, 3]
    func gradient() -> [Double] { x.map { 2 * $0 } }
    for _ in 0..<3 { try optimizer.step(&x, gradient: gradient(), loss: 14) }
    let before = (try optimizer.state(), x)
    _ = try optimizer.dryRun(x, gradient: [5, 5, 5], loss: 3)
    try optimizer.step(&x, gradient: [1, .nan, 1], loss: 3)
    let after = try optimizer.state()
    #expect(after.head.learningRate == before.0.head.learningRate && x == before.1)
    for (name, set) in before.0.slots { #expect(after.slots[name]?["parameters"] == set["parameters"], "\(name)") }
  }

  @Test(arguments: ControllerCase.all) func aResumedRunHasTheRatesOfTheUnbrokenOne(
    _ controllerCase: ControllerCase
  ) throws {
    let bowl = try Bowl(seed: 93)
    func rates(resumeAt pause: Int?) throws -> [Double] {
      func optimizer() throws -> Optimizer<Double> {
        try Optimizer(
          SGD(momentum: 0.5),
          learningRate: LearningRate(
            .linear(from: 1, to: 0, over: 20), controllerCase.controller, .plateau(Plateau(.minimize, patience: 2))),
          for: bowl.model.layout)
      }
      var running = try optimizer()
      var x = try bowl.model.set(bowl.start)
      return try (0..<12).map { t in
        if t == pause {
          let state = try running.state()
          running = try optimizer()
          let head = try JSONDecoder().decode(
            OptimizerState<Double>.Head.self, from: JSONEncoder().encode(state.head))
          try running.load(OptimizerState(head: head, slots: state.slots))
        }
        let arrays = bowl.model.arrays(x)
        let report = try running.step(&x, gradients: bowl.model.set(bowl.gradient(arrays)), loss: bowl.loss(arrays))
        try running.report(metric: 1)
        return report.learningRate
      }
    }
    let unbroken = try rates(resumeAt: nil)
    for pause in [0, 1, 5, 11] { #expect(try rates(resumeAt: pause) == unbroken, "resumed at \(pause)") }
  }

  /// Every kind of schedule with every controller, the metric reported in the middle of an epoch too: the rates after an
  /// export and an import are those of the unbroken run, bit for bit.
  @Test(arguments: Schedule.examples.map(\.example.notation))
  func everyScheduleWithEveryControllerIsResumed(_ notation: String) throws {
    let schedule = try Schedule(notation: notation).scaled(by: 0.01)
    let controllers: [LearningRate.Controller] =
      ControllerCase.all.map(\.controller)
      + [
        .plateau(Plateau(.minimize, factor: 0.5, patience: 2, cooldown: 1, reportsPerMetric: 3)),
        .slopePlateau(SlopePlateau(.minimize, factor: 0.5, window: 5, patience: 2)),
        .normBased(NormBasedRate(cap: 0.1)), .random(RandomRate(cap: 0.1, seed: 4)),
        .random(RandomRate(cap: 0.1, seed: 4, distribution: .logUniform)),
      ]
    for controller in controllers {
      func optimizer() throws -> Optimizer<Double> {
        try Optimizer(SGD(), learningRate: LearningRate(schedule, controller), count: 3)
      }
      func rates(resumeAt pause: Int?) throws -> [UInt64] {
        var running = try optimizer()
        var x = [1.0, -2, 0.5]
        return try (0..<30).map { t in
          if t == pause {
            let state = try running.state()
            running = try optimizer()
            let head = try JSONDecoder().decode(
              OptimizerState<Double>.Head.self, from: JSONEncoder().encode(state.head))
            try running.load(OptimizerState(head: head, slots: state.slots))
          }
          let report = try running.step(&x, gradient: [x[0], 3 * x[1], 5 * x[2]], loss: 1 + 1 / Double(t + 1))
          try running.report(metric: Double(t % 7))
          return report.learningRate.bitPattern
        }
      }
      let unbroken = try rates(resumeAt: nil)
      for pause in [1, 17] { #expect(try rates(resumeAt: pause) == unbroken, "\(controller) resumed at \(pause)") }
    }
  }

  /// What needs a gradient or a loss is left out of a preview, and all else is in it.
  @Test func aPreviewLeavesOutWhatNeedsAGradient() {
    let schedule = Schedule.linear(from: 1, to: 0, over: 10)
    for controllerCase in ControllerCase.all {
      let rate = LearningRate(schedule, controllerCase.controller, .normBased(NormBasedRate(cap: 0.25)))
      #expect(rate.preview(0..<12, parameterNorm: 2) == schedule.preview(0..<12).map { min(0.25, $0 / 2) })
    }
  }

  @Test func aScaledRateIsPartOfTheState() throws {
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.5, count: 1)
    try optimizer.scaleLearningRate(by: 0.5)
    try optimizer.scaleLearningRate(by: 0.25)
    var other = try Optimizer<Double>(SGD(), learningRate: 0.5, count: 1)
    try other.load(optimizer.state())
    var x = [0.0]
    #expect(try other.step(&x, gradient: [1]).learningRate == 0.0625)
    for factor in [-1, Double.nan, .infinity] {
      #expect(throws: StepError.self) { try other.scaleLearningRate(by: factor) }
    }
  }

  @Test func aLogUniformRateIsUniformInTheLogarithm() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: .random(epsilon: 1e-4, cap: 1, seed: 3, distribution: .logUniform), count: 1)
    var x = [0.0]
    let logarithms = try (0..<4000).map { _ in log10(try optimizer.step(&x, gradient: [0]).learningRate) }
    #expect(logarithms.allSatisfy { $0 >= -4 && $0 <= 0 })
    // A quarter in each decade: 1000 ± 5 standard deviations of 27.
    for decade in -4..<0 {
      let count = logarithms.filter { $0 >= Double(decade) && $0 < Double(decade + 1) }.count
      #expect(abs(count - 1000) < 140, "\(count) in decade \(decade)")
    }
    #expect(throws: Never.self) {
      try Optimizer<Double>(
        SGD(), learningRate: .random(epsilon: 2, cap: 1, seed: 3, draw: .perElement, distribution: .logUniform),
        count: 1)
    }
  }
}
