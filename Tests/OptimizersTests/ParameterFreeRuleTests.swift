import Descent
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

  /// Sums over everything keep the promises: same bits for any number of threads, resumed exactly, nothing allocated twice.
  @Test(arguments: [Prodigy(), Prodigy(growthLimit: 1.02, safeguardsWarmup: true), DAdaptation()] as [any UpdateRule])
  func theBitsDependOnNothing(_ rule: any UpdateRule) throws {
    try forBothScalars(
      IndependentBits(
        rule: rule, learningRate: 1, clipping: .norm(3), weightDecay: .coupled(0.01),
        groups: [ParameterGroup("some", tensors: ["bias", "long"], learningRateScale: 0.5)]))
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
