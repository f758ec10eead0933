import Descent
import Foundation
import RuleCases
import TestSupport
import Testing

/// What every rule promises, the built-in ones and a user's.
@Suite struct RuleContractTests {
  /// A rule with settings that make it go a way of its own.
  struct Contractor: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: any UpdateRule
  }

  static let all: [Contractor] =
    RuleCase.all.map { Contractor(testDescription: "\($0.row): \($0)", rule: $0.rule) } + [
      Contractor(testDescription: "a user's", rule: SignDescent()),
      Contractor(testDescription: "a user's with four slots", rule: FourSlots()),
    ]

  /// Those that begin with nothing in their mean.
  private static let resting = all.filter { ($0.rule as? Yogi)?.initialMean ?? 0 == 0 }

  // MARK: - Numbers

  @Test(arguments: resting) func zerosStayZero(_ contractor: Contractor) throws {
    struct Zeros: ScalarTest {
      let rule: any UpdateRule
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let zeros = [Scalar](repeating: 0, count: 37)
        for rate in [0, 0.1] {
          var x = zeros
          var optimizer = try Optimizer<Scalar>(
            rule, learningRate: LearningRate(.constant(rate)), clipping: .norm(1), count: 37)
          for _ in 0..<3 {
            let report = try optimizer.step(&x, gradient: zeros)
            #expect(report.clipFactor == 1 && report.updateNorm == 0, Trace.comment)
          }
          #expect(x.allSatisfy { $0 == 0 }, Trace.comment)
        }
      }
    }
    try forBothScalars(Zeros(rule: contractor.rule))
  }

  /// Single precision does what double precision does, to seven digits that grow a little in five steps.
  @Test(arguments: all) func floatFollowsDouble(_ contractor: Contractor) throws {
    var generator = SeededGenerator(seed: 81)
    var single: [Float] = uniformVector(count: 200, in: -2...2, using: &generator)
    var double = single.map { Double($0) }
    var narrow = try Optimizer<Float>(contractor.rule, learningRate: 0.01, count: 200)
    var wide = try Optimizer<Double>(contractor.rule, learningRate: 0.01, count: 200)
    for _ in 1...5 {
      let gradient: [Float] = uniformVector(count: 200, in: -3...3, using: &generator)
      try narrow.step(&single, gradient: gradient)
      try wide.step(&double, gradient: gradient.map { Double($0) })
    }
    #expect(relativeError(single, expected: double) < 1e-5)
  }

  /// The largest gradient that is admitted does no harm, and a larger one is refused before anything is written.
  @Test(arguments: all.filter { !$0.testDescription.contains("scheduled") })
  func gradientsAreAdmittedAsFarAsTheyGo(_ contractor: Contractor) throws {
    struct Large: ScalarTest {
      let rule: any UpdateRule
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        var largest = Scalar(rule.largestGradient(for: type))
        if Double(largest) > rule.largestGradient(for: type) { largest = largest.nextDown }
        // Plain rules take a step of the gradient's own size; one divides by the rate.
        let rate = LearningRate(.constant(rule is FTRL ? 1e-3 : 1e-30))
        for turn in [1, -1] as [Scalar] {
          var optimizer = try Optimizer<Scalar>(rule, learningRate: rate, count: 3)
          var x = [1, 2, 3] as [Scalar]
          var gradient = [largest, -largest, 1]
          for _ in 0..<4 {
            try optimizer.step(&x, gradient: gradient)
            gradient = gradient.map { turn * $0 }
          }
          #expect(x.allSatisfy { $0.isFinite }, "\(x), \(Trace.current)")
          for slot in try optimizer.slots(of: rule) {
            #expect(slot.joined().allSatisfy { $0.isFinite }, "\(slot), \(Trace.current)")
          }

          let beyond = largest * 1.001
          guard beyond.isFinite else { continue }
          let before = (x, try optimizer.state().head, try optimizer.slots(of: rule))
          let error = try #require(throws: StepError.self) { try optimizer.step(&x, gradient: [1, beyond, 1]) }
          guard case .gradientTooLarge("parameters", 1, [1], _, _) = error else {
            Issue.record("\(error)")
            return
          }
          let after = (x, try optimizer.state().head, try optimizer.slots(of: rule))
          #expect(after == before, Trace.comment)
        }
      }
    }
    // Of a rule that says nothing any gradient is admitted, and it has to know why.
    guard !contractor.testDescription.hasPrefix("a user's") else { return }
    try forBothScalars(Large(rule: contractor.rule))
  }

  // MARK: - Settings

  @Test(arguments: all) func aRuleIsItsOwnCodedForm(_ contractor: Contractor) throws {
    func check<Rule: UpdateRule>(_ rule: Rule) throws {
      let copy = try JSONDecoder().decode(Rule.self, from: JSONEncoder().encode(rule))
      #expect(copy == rule)
      #expect(copy.slots == rule.slots && copy.memory.map(\.key) == rule.memory.map(\.key))
    }
    try check(contractor.rule)
  }

  @Test(arguments: all) func aHyperparameterOutOfItsRangeIsNamed(_ contractor: Contractor) throws {
    let rule = contractor.rule
    #expect(rule.slots.count <= 4 && Set(rule.slots).count == rule.slots.count)
    let names = rule.hyperparameters.map(\.name)
    #expect(Set(names).count == names.count)
    for hyperparameter in rule.hyperparameters {
      #expect(hyperparameter.range.contains(hyperparameter.schedule.value(after: 0)), "\(hyperparameter.name)")
      #expect(!hyperparameter.range.contains(.nan) && !hyperparameter.range.contains(.infinity))
    }
  }

  /// Settings that a rule cannot work with, each with the name that the error must have.
  static let wrong: [(name: String, rule: any UpdateRule)] = [
    ("Adam.beta1", Adam(beta1: 1)), ("Adam.beta2", Adam(beta2: -0.1)), ("Adam.epsilon", Adam(epsilon: 0)),
    ("Adam.epsilon", Adam(epsilon: 1e-50)), ("Adam.epsilon", Adam(epsilon: -1, rootEpsilon: 1)),
    ("Adam.epsilon", Adam(epsilon: .nan)), ("Adam.rootEpsilon", Adam(rootEpsilon: -1)),
    ("Adam.rootEpsilon", Adam(rootEpsilon: .infinity)),
    ("AMSGrad.beta2", AMSGrad(beta2: 1)), ("AMSGrad.epsilon", AMSGrad(epsilon: 0)),
    ("NAdam.beta1", NAdam(beta1: 1.5)), ("NAdam.epsilon", NAdam(epsilon: 0)),
    ("NAdam.momentumDecay", NAdam(momentumDecay: -1)),
    ("RAdam.beta1", RAdam(beta1: -1)), ("RAdam.epsilon", RAdam(epsilon: 0)),
    ("Adamax.beta2", Adamax(beta2: 1)), ("Adamax.epsilon", Adamax(epsilon: 0)),
    ("AdaBelief.beta1", AdaBelief(beta1: 1)), ("AdaBelief.epsilon", AdaBelief(epsilon: 0)),
    ("AdaBelief.accumulatedEpsilon", AdaBelief(accumulatedEpsilon: .nan)),
    ("Yogi.beta2", Yogi(beta2: 1)), ("Yogi.epsilon", Yogi(epsilon: -1e-3)),
    ("Yogi.initialMean", Yogi(initialMean: .infinity)), ("Yogi.initialMeanSquare", Yogi(initialMeanSquare: -1)),
    ("Adan.beta3", Adan(beta3: 1)), ("Adan.epsilon", Adan(epsilon: 0)),
    ("AdEMAMix.alpha", AdEMAMix(alpha: -1)), ("AdEMAMix.beta3", AdEMAMix(beta3: 1)),
    ("AdEMAMix.epsilon", AdEMAMix(epsilon: 0)),
    ("ADOPT.beta1", ADOPT(beta1: 1)), ("ADOPT.epsilon", ADOPT(epsilon: 0)),
    ("Lion.beta1", Lion(beta1: 1.1)), ("Lion.beta2", Lion(beta2: 1)), ("Signum.momentum", Signum(momentum: 1)),
    ("QuasiHyperbolic.momentum", QuasiHyperbolic(momentum: 1)), ("QuasiHyperbolic.nu", QuasiHyperbolic(nu: 2)),
    ("Adagrad.rateDecay", Adagrad(rateDecay: -1)), ("Adagrad.epsilon", Adagrad(epsilon: 0)),
    ("Adagrad.initialSumOfSquares", Adagrad(initialSumOfSquares: -1)),
    ("Adadelta.rho", Adadelta(rho: 1)), ("Adadelta.epsilon", Adadelta(epsilon: 0)),
    ("RMSprop.rho", RMSprop(rho: 1)), ("RMSprop.momentum", RMSprop(momentum: 1)),
    ("RMSprop.epsilon", RMSprop(epsilon: 0)), ("RMSprop.initialMeanSquare", RMSprop(initialMeanSquare: -1)),
    ("Rprop.initialStep", Rprop(initialStep: 0)), ("Rprop.decrease", Rprop(decrease: 1)),
    ("Rprop.increase", Rprop(increase: 0)), ("Rprop.leastStep", Rprop(leastStep: 60)),
    ("Rprop.largestStep", Rprop(largestStep: .infinity)),
    ("ASGD.lambda", ASGD(lambda: -1)), ("ASGD.power", ASGD(power: .constant(.nan))),
    ("ASGD.averagingStart", ASGD(averagingStart: -1)),
    ("FTRL.lambda1", FTRL(lambda1: -1)), ("FTRL.lambda2", FTRL(lambda2: -1)), ("FTRL.beta", FTRL(beta: 0)),
    ("OptimisticDescent.alpha", OptimisticDescent(alpha: .constant(.infinity))),
    ("OptimisticDescent.beta", OptimisticDescent(beta: .constant(.nan))),
    ("LAMB.beta1", LAMB(beta1: 1)), ("LAMB.epsilon", LAMB(epsilon: 0)), ("LARS.momentum", LARS(momentum: 1)),
    ("LARS.trustCoefficient", LARS(trustCoefficient: 0)), ("LARS.epsilon", LARS(epsilon: -1)),
    ("NovoGrad.beta2", NovoGrad(beta2: 1)), ("NovoGrad.epsilon", NovoGrad(epsilon: 0)),
    ("Fromage.leastNorm", Fromage(leastNorm: 0)),
    ("OptimisticAdam.beta1", OptimisticAdam(beta1: 1)), ("OptimisticAdam.epsilon", OptimisticAdam(epsilon: 0)),
  ]

  @Test(arguments: wrong.indices) func aSettingThatNothingCanBeDoneWithIsNamed(_ index: Int) throws {
    let (name, rule) = Self.wrong[index]
    let error = try #require(throws: StepError.self, "\(rule)") {
      try Optimizer<Double>(rule, learningRate: 0.1, count: 1)
    }
    // As a setting out of its range, or as a schedule that is none.
    #expect(error.description.contains(name + " is ") || error.description.contains(name + ": "), "\(error)")
  }

  // MARK: - Identities

  /// Where two rules must agree: bit for bit, or to so many roundings where they multiply in another order.
  struct Identity: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let first, second: (rule: any UpdateRule, decay: WeightDecay, rate: Double)
    let tolerance: Double

    init(
      _ description: String, _ first: any UpdateRule, _ firstDecay: WeightDecay = .none, rate firstRate: Double = 0.1,
      is second: any UpdateRule, _ secondDecay: WeightDecay = .none, rate secondRate: Double = 0.1,
      within tolerance: Double = 0
    ) {
      testDescription = description
      (self.first, self.second) = ((first, firstDecay, firstRate), (second, secondDecay, secondRate))
      self.tolerance = tolerance
    }
  }

  static let identities: [Identity] = [
    Identity("AdamW without decay is Adam", Adam(), .decoupled(0), is: Adam()),
    Identity("quasi-hyperbolic momentum with ν = 0 is plain descent", QuasiHyperbolic(nu: 0), is: SGD()),
    Identity(
      "with ν = 1 it is momentum at another rate", QuasiHyperbolic(momentum: 0.9, nu: 1), rate: 1,
      is: SGD(momentum: 0.9), within: 64),
    Identity(
      "and with ν = β Nesterov's", QuasiHyperbolic(momentum: 0.9, nu: 0.9), rate: 1,
      is: SGD(momentum: 0.9, nesterov: true), within: 64),
    Identity("Signum with constant signs is sign descent", Signum(), is: Signum(momentum: 0)),
    Identity("Lion with β₁ = β₂ is Signum", Lion(beta1: 0.9, beta2: 0.9), is: Signum()),
    Identity(
      "Adan without Δ's mean and weight is Adam without the first mean", Adan(beta1: 0, beta2: 0, beta3: 0.9),
      is: Adam(beta1: 0, beta2: 0.9)),
    Identity("AdEMAMix with α = 0 is Adam", AdEMAMix(alpha: 0), is: Adam()),
    Identity("RAdam before it rectifies is momentum", RAdam(beta1: 0), is: SGD()),
    Identity(
      "RMSprop that corrects its bias is Adam with β₁ = 0", RMSprop(rho: 0.999, correctsBias: true), is: Adam(beta1: 0)),
    Identity("ASGD with λ = 0 is plain descent", ASGD(lambda: 0), is: SGD()),
    Identity("optimistic descent with β = 0 is plain descent", OptimisticDescent(beta: 0), is: SGD()),
    Identity("optimistic Adam with β = 0 is Adam", OptimisticAdam(beta: 0), is: Adam()),
    Identity(
      "Nesterov's Adam is NAdam of Optax", OptimisticAdam(beta: 0, nesterov: true), is: NAdam(convention: .optax)),
    Identity(
      "NAdam with β₁ = 0 is RMSprop that corrects its bias", NAdam(beta1: 0),
      is: RMSprop(rho: 0.999, correctsBias: true)),
  ]

  @Test(arguments: identities) func rulesAgreeWhereTheyMust(_ identity: Identity) throws {
    struct Both: ScalarTest {
      let identity: Identity
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let constantSigns = identity.testDescription.contains("constant signs")
        func walk(_ one: (rule: any UpdateRule, decay: WeightDecay, rate: Double)) throws -> [Scalar] {
          var generator = SeededGenerator(seed: 82)
          var x: [Scalar] = uniformVector(count: 100, in: -2...2, using: &generator)
          var optimizer = try Optimizer<Scalar>(
            one.rule, learningRate: LearningRate(.constant(one.rate)), weightDecay: one.decay,
            options: ExecutionOptions(backend: .kernels), count: x.count)
          for _ in 1...4 {
            var gradient: [Scalar] = uniformVector(count: x.count, in: -3...3, using: &generator)
            if constantSigns { gradient = gradient.map { abs($0) } }
            try optimizer.step(&x, gradient: gradient)
          }
          return x
        }
        let (first, second) = try (walk(identity.first), walk(identity.second))
        if identity.tolerance == 0 {
          expectBitsEqual(first, second)
        } else {
          #expect(
            relativeError(first, expected: second.map { Double($0) }) <= identity.tolerance * Scalar.unitRoundoff,
            Trace.comment)
        }
      }
    }
    try forBothScalars(Both(identity: identity))
  }
}
