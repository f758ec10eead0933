import Descent
import NaiveReference
import TestSupport
import Testing

/// Prodigy and D-Adaptation: rules that take sums over everything before they move.
@Suite struct ParameterFreeRuleTests {
  @Test(arguments: OptimizerCase.all("prodigy", peer: "optax"))
  func prodigyFollowsOptax(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    try follow(
      reference,
      Prodigy(
        beta1: .constant(hyper["betas[0]"]!), beta2: .constant(hyper["betas[1]"]!),
        epsilon: .constant(hyper["eps"]!), initialDistance: hyper["estim_lr0"]!, coefficient: hyper["estim_lr_coef"]!,
        correctsBias: true, safeguardsWarmup: hyper["safeguard_warmup"] == 1),
      rate: hyper["learning_rate"]!, decay: .decoupled(.constant(hyper["weight_decay"]!)))
  }

  @Test(arguments: OptimizerCase.all("prodigy", peer: "other"))
  func prodigyFollowsProdigyopt(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    let (decay, growth) = (Schedule.constant(hyper["weight_decay"]!), hyper["growth_rate"]!)
    try follow(
      reference,
      Prodigy(
        beta1: .constant(hyper["betas[0]"]!), beta2: .constant(hyper["betas[1]"]!),
        epsilon: .constant(hyper["eps"]!), initialDistance: hyper["d0"]!, coefficient: hyper["d_coef"]!,
        growthLimit: growth.isFinite ? growth : nil, correctsBias: hyper["use_bias_correction"] == 1,
        safeguardsWarmup: hyper["safeguard_warmup"] == 1),
      rate: hyper["lr"]!, decay: hyper["decouple"] == 1 ? .decoupled(decay) : .coupled(decay))
  }

  @Test(arguments: OptimizerCase.all("dadapt_adamw", peer: "optax"))
  func dAdaptationFollowsOptax(_ reference: OptimizerCase) throws {
    let hyper = reference.hyper
    try follow(
      reference,
      DAdaptation(
        beta1: .constant(hyper["betas[0]"]!), beta2: .constant(hyper["betas[1]"]!),
        epsilon: .constant(hyper["eps"]!), initialDistance: hyper["estim_lr0"]!),
      rate: hyper["learning_rate"]!, decay: .decoupled(.constant(hyper["weight_decay"]!)))
  }

  private func follow(_ reference: OptimizerCase, _ rule: any UpdateRule, rate: Double, decay: WeightDecay) throws {
    let replay = try Replay(reference)
    try replay.follow(
      Optimizer(
        rule, learningRate: LearningRate(.constant(rate)), weightDecay: decay, for: replay.layout))
  }

  /// On many tensors, with a warm-up that begins at 0 and gradients that are zero for a while.
  @Test func theNaiveRulesAreFollowed() throws {
    let model = try Model.mixed()
    let schedule = Schedule.linear(from: 0, to: 1, over: 4)
    for (safeguards, corrects) in [(false, false), (true, true)] {
      var generator = SeededGenerator(seed: 95)
      let start: [[Double]] = model.random(in: -2...2, using: &generator)
      let layout = model.layout
      var prodigy = try Optimizer<Double>(
        Prodigy(initialDistance: 1e-5, correctsBias: corrects, safeguardsWarmup: safeguards),
        learningRate: LearningRate(schedule), weightDecay: .decoupled(0.1), for: layout)
      var dAdaptation = try Optimizer<Double>(
        DAdaptation(initialDistance: 1e-5), learningRate: LearningRate(schedule), weightDecay: .decoupled(0.1),
        for: layout)
      var (x, y) = (try model.set(start), try model.set(start))
      var (naiveX, naiveY) = (start.flatMap { $0 }, start.flatMap { $0 })
      var naiveProdigy = NaiveProdigy()
      (naiveProdigy.initialDistance, naiveProdigy.decoupledDecay) = (1e-5, 0.1)
      (naiveProdigy.correctsBias, naiveProdigy.safeguardsWarmup) = (corrects, safeguards)
      var naiveDAdaptation = NaiveDAdaptation()
      (naiveDAdaptation.initialDistance, naiveDAdaptation.decoupledDecay) = (1e-5, 0.1)
      for t in 0..<40 {
        let noise: [[Double]] = model.random(in: -0.1...0.1, using: &generator)
        func gradient(_ x: [[Double]]) -> [[Double]] {
          t < 2 ? x.map { $0.map { _ in 0 } } : zip(x, noise).map { zip($0, $1).map { $0 + $1 } }
        }
        let (gx, gy) = (gradient(model.arrays(x)), gradient(model.arrays(y)))
        try prodigy.step(&x, gradients: model.set(gx))
        try dAdaptation.step(&y, gradients: model.set(gy))
        naiveProdigy.step(&naiveX, gradient: gx.flatMap { $0 }, rate: schedule.value(after: t))
        naiveDAdaptation.step(&naiveY, gradient: gy.flatMap { $0 }, rate: schedule.value(after: t))
        #expect(relativeError(model.arrays(x).flatMap { $0 }, expected: naiveX) < 1e-9, "step \(t)")
        #expect(relativeError(model.arrays(y).flatMap { $0 }, expected: naiveY) < 1e-9, "step \(t)")
      }
      #expect(naiveProdigy.distance! > 1e-5 && naiveDAdaptation.distance! > 1e-5, "d never grew, so nothing was tested")
    }
  }

  /// Sums over everything keep the promises: same bits for any number of threads, resumed exactly, nothing allocated twice.
  @Test(arguments: [Prodigy(), Prodigy(growthLimit: 1.02, safeguardsWarmup: true), DAdaptation()] as [any UpdateRule])
  func theBitsDependOnNothing(_ rule: any UpdateRule) throws {
    try forBothScalars(Bits(rule: rule))
  }

  private struct Bits: ScalarTest {
    let rule: any UpdateRule

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      func run(threads: Int?, resumeAt pause: Int?, asList: Bool) throws -> [[Scalar]] {
        func optimizer() throws -> Optimizer<Scalar> {
          try Optimizer(
            rule, learningRate: 1, clipping: .norm(3), weightDecay: .coupled(0.01),
            groups: [ParameterGroup("some", tensors: ["bias", "long"], learningRateScale: 0.5)],
            options: ExecutionOptions(threads: threads), for: model.layout)
        }
        var generator = SeededGenerator(seed: 96)
        var running = try optimizer()
        let start: [[Scalar]] = model.random(using: &generator)
        var (x, list) = (try model.set(start), try model.list(start))
        for t in 0..<8 {
          if t == pause {
            let state = try running.state()
            running = try optimizer()
            try running.load(state)
          }
          let gradient: [[Scalar]] = model.random(using: &generator)
          if asList {
            try running.step(&list, gradients: model.list(gradient))
          } else {
            try running.step(&x, gradients: model.set(gradient))
          }
        }
        return (asList ? list.map(\.elements) : model.arrays(x))
          + (try rule.slots.flatMap { try running.slot($0) })
      }
      let alone = try run(threads: 1, resumeAt: nil, asList: false)
      for (threads, pause, asList) in [(2, 3, false), (4, nil, true), (8, 1, true), (nil, 7, false)]
        as [(Int?, Int?, Bool)]
      {
        for (got, expected) in zip(try run(threads: threads, resumeAt: pause, asList: asList), alone) {
          expectBitsEqual(got, expected)
        }
      }
    }
  }

  @Test func whatIsOutOfRangeIsRefused() throws {
    for (name, rule) in [
      ("Prodigy.beta1", Prodigy(beta1: 1)), ("Prodigy.beta3", Prodigy(beta3: 1)),
      ("Prodigy.initialDistance", Prodigy(initialDistance: 0)),
      ("Prodigy.coefficient", Prodigy(coefficient: .infinity)),
      ("Prodigy.growthLimit", Prodigy(growthLimit: 1)), ("DAdaptation.epsilon", DAdaptation(epsilon: 0)),
      ("DAdaptation.initialDistance", DAdaptation(initialDistance: .nan)),
    ] as [(String, any UpdateRule)] {
      let error = try #require(throws: StepError.self) { try Optimizer<Double>(rule, learningRate: 1, count: 1) }
      #expect(error.description.contains(name), "\(error)")
    }
    // Sums that overflow throw, and nothing has changed.
    var optimizer = try Optimizer<Double>(DAdaptation(epsilon: 1e-300), learningRate: 1e300, count: 2)
    var x = [1.0, 2]
    var thrown: StepError?
    for _ in 0..<5 where thrown == nil {
      let before = (x, optimizer.completedSteps)
      do throws(StepError) { try optimizer.step(&x, gradient: [1e150, 1e150]) } catch {
        thrown = error
        #expect(x == before.0 && optimizer.completedSteps == before.1)
      }
    }
    #expect(thrown != nil)
  }
}
