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
    RuleCase.all.map { Contractor(testDescription: "\($0.row): \($0)", rule: $0.rule) }
    + ModelCase.all.map { Contractor(testDescription: "\($0.row): \($0)", rule: $0.rule) } + [
      Contractor(testDescription: "a user's", rule: SignDescent()),
      Contractor(testDescription: "a user's with four slots", rule: FourSlots()),
      Contractor(testDescription: "another's, which squares", rule: Squaring()),
    ]

  /// A matrix, a vector that is longer than a row of the kernels, and nothing.
  fileprivate static let layout = try! Layout([("matrix", [9, 14]), ("vector", [37]), ("nothing", [0])])

  /// Those that begin with nothing in their mean.
  private static let resting = all.filter { ($0.rule as? Yogi)?.initialMean ?? 0 == 0 }

  // MARK: - Numbers

  @Test(arguments: resting) func zerosStayZero(_ contractor: Contractor) throws {
    struct Zeros: ScalarTest {
      let rule: any UpdateRule
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let layout = RuleContractTests.layout
        let zeros = ParameterSet<Scalar>(zeros: layout)
        for rate in [0, 0.1] {
          var x = zeros
          var optimizer = try Optimizer<Scalar>(
            rule, learningRate: LearningRate(.constant(rate)), clipping: .norm(1), for: layout)
          for _ in 0..<3 {
            let report = try optimizer.step(&x, gradients: zeros)
            #expect(report.clipFactor == 1 && report.updateNorm == 0, Trace.comment)
          }
          for entry in layout.entries { #expect(x[entry.name]!.elements.allSatisfy { $0 == 0 }, Trace.comment) }
        }
      }
    }
    try forBothScalars(Zeros(rule: contractor.rule))
  }

  /// Single precision does what double precision does, to seven digits that grow a little in five steps.
  @Test(arguments: all) func floatFollowsDouble(_ contractor: Contractor) throws {
    var generator = SeededGenerator(seed: 81)
    let layout = Self.layout
    func sets(in range: ClosedRange<Double>) throws -> (ParameterSet<Float>, ParameterSet<Double>) {
      let tensors: [(String, Tensor<Float>)] = try layout.entries.map {
        ($0.name, try Tensor(uniformVector(count: $0.count, in: range, using: &generator), shape: $0.shape))
      }
      return (
        try ParameterSet(tensors),
        try ParameterSet(tensors.map { ($0, try Tensor($1.elements.map { Double($0) }, shape: $1.shape)) })
      )
    }
    var (single, double) = try sets(in: -2...2)
    var narrow = try Optimizer<Float>(contractor.rule, learningRate: 0.01, for: layout)
    var wide = try Optimizer<Double>(contractor.rule, learningRate: 0.01, for: layout)
    for _ in 1...5 {
      let (gradient, wideGradient) = try sets(in: -3...3)
      try narrow.step(&single, gradients: gradient)
      try wide.step(&double, gradients: wideGradient)
    }
    for entry in layout.entries {
      let error = relativeError(single[entry.name]!.elements, expected: double[entry.name]!.elements)
      #expect(error < 1e-5, "\(entry.name)")
    }
  }

  /// The largest gradient that is admitted does no harm, and a larger one is refused before anything is written.
  @Test(arguments: all.filter { !$0.testDescription.contains("scheduled") })
  func gradientsAreAdmittedAsFarAsTheyGo(_ contractor: Contractor) throws {
    struct Large: ScalarTest {
      let rule: any UpdateRule
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let layout = RuleContractTests.layout
        var largest = Scalar(rule.largestGradient(for: type))
        if Double(largest) > rule.largestGradient(for: type) { largest = largest.nextDown }
        // Plain rules take a step of the gradient's own size; one divides by the rate.
        let rate = LearningRate(.constant(rule is FTRL ? 1e-3 : 1e-30))
        for turn in [1, -1] as [Scalar] {
          var optimizer = try Optimizer<Scalar>(rule, learningRate: rate, for: layout)
          func set(_ element: (Int) -> Scalar) throws -> ParameterSet<Scalar> {
            try ParameterSet(
              layout.entries.map { ($0.name, try Tensor((0..<$0.count).map(element), shape: $0.shape)) })
          }
          var x = try set { Scalar($0 % 5) }
          for step in 0..<4 {
            let sign: Scalar = step % 2 == 0 ? 1 : turn
            // A row and a column of nothing but the largest, and a number of another size.
            try optimizer.step(&x, gradients: set { $0 == 20 ? 1 : sign * ($0 % 2 == 0 ? largest : -largest) })
          }
          func isFinite(_ tensors: [[Scalar]]) -> Bool { tensors.joined().allSatisfy { $0.isFinite } }
          #expect(isFinite(layout.entries.map { x[$0.name]!.elements }), "\(x), \(Trace.current)")
          for slot in try optimizer.slots(of: rule) { #expect(isFinite(slot), "\(slot), \(Trace.current)") }

          let beyond = largest * 1.001
          guard beyond.isFinite else { continue }
          let before = (x, try optimizer.state().head, try optimizer.slots(of: rule))
          let error = try #require(throws: StepError.self) {
            try optimizer.step(&x, gradients: set { $0 == 1 ? beyond : 1 })
          }
          guard case .gradientTooLarge("matrix", 1, [0, 1], _, _) = error else {
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

  /// A rule of a user's that says how much it can square.
  struct Squaring: UpdateRule {
    static var name: String { "squaring" }
    var slots: [String] { ["square"] }
    func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
      Double(Scalar.greatestFiniteMagnitude).squareRoot() / 4
    }
    func coefficients(for step: Step) -> Double { 0 }
    static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Double) {
      state[0] = L(0.5) * state[0] + g * g
      x -= rate * g
    }
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
    ("SGD.momentum", SGD(momentum: 1)), ("SGD.momentum", SGD(nesterov: true)), ("SGD.dampening", SGD(dampening: 2)),
  ]

  @Test(arguments: wrong.indices) func aSettingThatNothingCanBeDoneWithIsNamed(_ index: Int) throws {
    let (name, rule) = Self.wrong[index]
    let error = try #require(throws: StepError.self, "\(rule)") {
      try Optimizer<Double>(rule, learningRate: 0.1, count: 1)
    }
    // As a setting out of its range, or as a schedule that is none.
    #expect(error.description.contains(name + " is ") || error.description.contains(name + ": "), "\(error)")
  }
}
