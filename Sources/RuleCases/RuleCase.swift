package import Descent

/// A rule of the engine and the naive loop that it must follow bit by bit: what tests and `descent check` compare.
package struct RuleCase: Sendable, CustomStringConvertible {
  /// The rule with the settings that make the case.
  package var description: String
  /// The engine's rule.
  package var rule: any UpdateRule
  /// The weight decay that it runs with.
  package var weightDecay: WeightDecay
  /// The weight decay of a group of tensors, where there is one, or nil for the same.
  package var groupWeightDecay: WeightDecay?
  /// What knows the naive loop: the rule itself, unless a comparison is to fail.
  package var reference: any RuleReference

  package init(
    _ description: String, _ rule: any UpdateRule & RuleReference, _ weightDecay: WeightDecay = .none,
    groupWeightDecay: WeightDecay? = nil
  ) {
    (self.description, self.rule, self.reference) = (description, rule, rule)
    (self.weightDecay, self.groupWeightDecay) = (weightDecay, groupWeightDecay)
  }

  /// The row of a table of rules that the case counts for.
  package var row: String { type(of: rule).name }

  /// Every kind of step that every rule has.
  package static let all: [RuleCase] = [
    RuleCase("plain", SGD()),
    RuleCase("plain, up", SGD(maximize: true)),
    RuleCase("plain, coupled decay", SGD(), .coupled(0.07)),
    RuleCase("plain, decoupled decay", SGD(), .decoupled(0.07)),
    RuleCase("plain, decay in one group", SGD(), groupWeightDecay: .coupled(0.01)),
    RuleCase("momentum", SGD(momentum: 0.9)),
    RuleCase("momentum, dampened", SGD(momentum: 0.7, dampening: 0.3)),
    RuleCase("momentum, wholly dampened", SGD(momentum: 0.7, dampening: 1)),
    RuleCase("momentum, coupled decay", SGD(momentum: 0.9), .coupled(0.07)),
    RuleCase("momentum, decay in one group", SGD(momentum: 0.9), groupWeightDecay: .decoupled(0.01)),
    RuleCase(
      "momentum, dampened, up, decoupled decay", SGD(momentum: 0.5, dampening: 0.1, maximize: true), .decoupled(0.07)),
    RuleCase("Nesterov", SGD(momentum: 0.9, nesterov: true)),
    RuleCase("Nesterov, up, coupled decay", SGD(momentum: 0.6, nesterov: true, maximize: true), .coupled(0.07)),
    RuleCase("Nesterov, decoupled decay", SGD(momentum: 0.6, nesterov: true), .decoupled(0.07)),
    RuleCase("plain, independent decay", SGD(), .independent(0.07)),
    RuleCase(
      "scheduled momentum and decay",
      SGD(momentum: .oneCycleMomentum(over: 4), dampening: .linear(from: 0, to: 1, over: 3)),
      .decoupled(.cosine(from: 0.1, over: 4))),
    RuleCase("scheduled independent decay", SGD(), .independent(.linear(from: 0, to: 1, over: 4))),
    RuleCase("Adam", Adam()),
    RuleCase("Adam, up, coupled decay", Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-3, maximize: true), .coupled(0.07)),
    RuleCase("AdamW", Adam(), .decoupled(0.07)),
    RuleCase("Adam, ε under the root, independent decay", Adam(epsilon: 0, rootEpsilon: 1e-6), .independent(0.07)),
    RuleCase(
      "Adam, scheduled", Adam(beta1: .oneCycleMomentum(over: 4), beta2: .linear(from: 0.9, to: 0.99, over: 3))),
    RuleCase("AMSGrad", AMSGrad(maximize: true), .decoupled(0.07)),
    RuleCase("AMSGrad, Optax", AMSGrad(convention: .optax), .coupled(0.07)),
    RuleCase("NAdam", NAdam(), .decoupled(0.07)),
    RuleCase("NAdam, scheduled", NAdam(beta1: .linear(from: 0, to: 0.9, over: 3)), .coupled(0.07)),
    RuleCase("NAdam, Optax", NAdam(convention: .optax)),
    // ρ crosses 5 at the sixth step with these rates.
    RuleCase("RAdam", RAdam(beta2: 0.95), .decoupled(0.07)),
    RuleCase("RAdam, Optax", RAdam(beta2: 0.9, convention: .optax), .coupled(0.07)),
    RuleCase("RAdam, not rectified yet", RAdam()),
    RuleCase("Adamax", Adamax(), .coupled(0.07)),
    RuleCase("AdaBelief", AdaBelief(), .decoupled(0.07)),
    RuleCase("Yogi", Yogi()),
    RuleCase("Yogi, Optax", Yogi.optax(), .coupled(0.07)),
    RuleCase("Adan", Adan(), .decoupled(0.07)),
    RuleCase("Adan, Optax", Adan(rootEpsilon: 1e-8, convention: .optax), .decoupled(0.07)),
    RuleCase(
      "AdEMAMix", AdEMAMix(beta3: .linear(from: 0.9, to: 0.9999, over: 3), alpha: .linear(from: 0, to: 5, over: 3)),
      .decoupled(0.07)),
    RuleCase("ADOPT", ADOPT(beta2: 0.9), .decoupled(0.07)),
    RuleCase("ADOPT, pytorch_optimizer", ADOPT(convention: .pyTorchOptimizer)),
    RuleCase("Lion", Lion(), .decoupled(0.07)),
    RuleCase("Lion, coupled decay", Lion(beta1: 0.8, beta2: 0.95), .coupled(0.07)),
    RuleCase("Signum", Signum(), .decoupled(0.07)),
    RuleCase("sign descent", Signum(momentum: 0)),
    RuleCase("quasi-hyperbolic momentum", QuasiHyperbolic(momentum: 0.9), .coupled(0.07)),
    RuleCase("Adagrad", Adagrad(rateDecay: 0.1), .coupled(0.07)),
    RuleCase("Adagrad, Optax", Adagrad.optax(), .decoupled(0.07)),
    RuleCase("Adadelta", Adadelta(), .coupled(0.07)),
    RuleCase("RMSprop", RMSprop(), .decoupled(0.07)),
    RuleCase("RMSprop, momentum, centred", RMSprop(momentum: 0.9, centered: true), .coupled(0.07)),
    RuleCase("RMSprop, bias corrected", RMSprop(rho: 0.9, momentum: 0.5, correctsBias: true)),
    RuleCase(
      "RMSprop, Optax, Nesterov", RMSprop.optax(initialScale: 1, momentum: 0.9, nesterov: true), .decoupled(0.07)),
    RuleCase("Rprop", Rprop(leastStep: 0.005, largestStep: 0.011)),
    RuleCase("ASGD", ASGD(lambda: 0.01, averagingStart: 1), .coupled(0.07)),
    RuleCase("FTRL", FTRL(lambda1: 0.5, lambda2: 0.1)),
    RuleCase("optimistic descent", OptimisticDescent(alpha: 0.7, beta: 0.4), .decoupled(0.07)),
    RuleCase("optimistic Adam", OptimisticAdam(), .decoupled(0.07)),
    RuleCase("optimistic Adam, Nesterov", OptimisticAdam(nesterov: true)),
    RuleCase("LAMB", LAMB(), .decoupled(0.07)),
    RuleCase("LAMB, coupled decay", LAMB(beta1: 0.8, beta2: 0.9), .coupled(0.07)),
    RuleCase("LAMB, independent decay", LAMB(), .independent(0.07)),
    RuleCase("LARS", LARS(trustCoefficient: 0.1), .decoupled(0.07)),
    RuleCase("LARS, independent decay", LARS(trustCoefficient: 0.1), .independent(0.07)),
    RuleCase(
      "LARS, Optax, Nesterov", LARS(trustCoefficient: 0.1, epsilon: 1e-8, nesterov: true, convention: .optax),
      .decoupled(0.07)),
    RuleCase("NovoGrad", NovoGrad(), .decoupled(0.07)),
    RuleCase("Fromage", Fromage(), .decoupled(0.07)),
    RuleCase("schedule-free", ScheduleFreeSGD()),
    RuleCase("schedule-free, coupled decay", ScheduleFreeSGD(interpolation: 0.5), .coupled(0.07)),
    RuleCase(
      "schedule-free, weighted by step, decoupled decay",
      ScheduleFreeSGD(weighting: ScheduleFreeWeighting(stepPower: 2, ratePower: 0)), .decoupled(0.07)),
    RuleCase("schedule-free, at the iterate", ScheduleFreeSGD(interpolation: 0)),
    RuleCase(
      "schedule-free, at the average, decay in one group", ScheduleFreeSGD(interpolation: 1),
      groupWeightDecay: .decoupled(0.01)),
    RuleCase("schedule-free AdamW", ScheduleFreeAdamW()),
    RuleCase(
      "schedule-free AdamW, scheduled, decoupled decay",
      ScheduleFreeAdamW(
        interpolation: .linear(from: 0.5, to: 1, over: 4), beta2: .linear(from: 0.9, to: 0.99, over: 4), epsilon: 1e-3,
        weighting: ScheduleFreeWeighting(stepPower: 0.5, ratePower: 1)),
      .decoupled(.cosine(from: 0.1, over: 4))),
    RuleCase("schedule-free AdamW, coupled decay", ScheduleFreeAdamW(beta2: 0), .coupled(0.07)),
    RuleCase("schedule-free RAdam, decoupled decay", ScheduleFreeRAdam(beta2: 0.95), .decoupled(0.07)),
    RuleCase(
      "schedule-free RAdam, loud, coupled decay", ScheduleFreeRAdam(beta2: 0.9, startsSilently: false), .coupled(0.07)),
  ]
}
