import Descent
import TestSupport
import Testing

/// Where two rules must do the same.
@Suite struct RuleIdentityTests {
  /// Where two rules must agree: bit for bit, or to so many roundings where they multiply in another order.
  struct Identity: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let first, second: (rule: any UpdateRule, decay: WeightDecay, rate: Double)
    let tolerance: Double
    let walk: Walk

    /// What makes the rules agree.
    enum Walk {
      /// Four steps from anywhere along anything.
      case anywhere
      /// All gradients of an element have the same sign.
      case oneSign
      /// Every gradient is larger than the one before.
      case growing
      /// From zero.
      case fromZero
      /// The first step from zero.
      case firstStep
    }

    init(
      _ description: String, _ first: any UpdateRule, _ firstDecay: WeightDecay = .none, rate firstRate: Double = 0.1,
      is second: any UpdateRule, _ secondDecay: WeightDecay = .none, rate secondRate: Double = 0.1,
      on walk: Walk = .anywhere, within tolerance: Double = 0
    ) {
      testDescription = description
      (self.first, self.second) = ((first, firstDecay, firstRate), (second, secondDecay, secondRate))
      (self.walk, self.tolerance) = (walk, tolerance)
    }
  }

  /// What climbs has the bits of what descends along the negative gradient: so every other rule can climb too.
  @Test(
    arguments: [
      (SGD(momentum: 0.9, nesterov: true, maximize: true), SGD(momentum: 0.9, nesterov: true)),
      (Adam(maximize: true), Adam()), (AMSGrad(maximize: true), AMSGrad()),
    ] as [(any UpdateRule, any UpdateRule)])
  func climbingIsDescendingAlongTheNegative(_ up: any UpdateRule, _ down: any UpdateRule) throws {
    for decay in [.none, .coupled(0.1), .decoupled(0.1)] as [WeightDecay] {
      var generator = SeededGenerator(seed: 83)
      var x: [Float] = uniformVector(count: 100, in: -2...2, using: &generator)
      var y = x
      var climbing = try Optimizer<Float>(up, learningRate: 0.1, clipping: .norm(1), weightDecay: decay, count: 100)
      var descending = try Optimizer<Float>(down, learningRate: 0.1, clipping: .norm(1), weightDecay: decay, count: 100)
      for _ in 1...4 {
        let gradient: [Float] = uniformVector(count: 100, in: -3...3, using: &generator)
        try climbing.step(&x, gradient: gradient)
        try descending.step(&y, gradient: gradient.map { -$0 })
        expectBitsEqual(x, y)
      }
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
    Identity("Signum with constant signs is sign descent", Signum(), is: Signum(momentum: 0), on: .oneSign),
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
    // That it is 0 must not be known before it is asked for: such an SGD has no momentum.
    Identity("momentum with μ = 0 is plain descent", SGD(momentum: zeroThatIsAsked), is: SGD()),
    Identity("and so is Nesterov's", SGD(momentum: zeroThatIsAsked, nesterov: true), is: SGD()),
    Identity("where squares grow AMSGrad is Adam", AMSGrad(), is: Adam(), on: .growing),
    Identity("where squares grow Optax's AMSGrad is Adam", AMSGrad(convention: .optax), is: Adam(), on: .growing),
    Identity(
      "where the ratio is 1 LAMB is Adam", LAMB(epsilon: 1e-8), is: Adam(), on: .firstStep),
    Identity(
      "where the ratio is 1 LAMB with its decay is AdamW", LAMB(epsilon: 1e-8), .decoupled(0.1), is: Adam(),
      .decoupled(0.1), on: .firstStep),
    Identity("FTRL without penalties is Adagrad", FTRL(), is: Adagrad(epsilon: 1), on: .fromZero, within: 64),
    Identity(
      "optimistic descent with α = 1, β = 0 is ASGD with λ = 0", OptimisticDescent(beta: 0), is: ASGD(lambda: 0)),
    Identity("Muon of what is no matrix is Adam", Muon(), .decoupled(0.1), is: Adam(), .decoupled(0.1)),
    Identity(
      "schedule-free descent with β = 0 is plain descent", ScheduleFreeSGD(interpolation: 0), is: SGD()),
    Identity(
      "schedule-free AdamW with β = 0 is Adam with β₁ = 0", ScheduleFreeAdamW(interpolation: 0), is: Adam(beta1: 0),
      within: 64),
  ]

  /// Zero, but not known to be so before it is asked.
  private static let zeroThatIsAsked = Schedule.linear(from: 0, to: 0, over: 3)

  @Test(arguments: identities) func rulesAgreeWhereTheyMust(_ identity: Identity) throws {
    struct Both: ScalarTest {
      let identity: Identity
      func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        func walk(_ one: (rule: any UpdateRule, decay: WeightDecay, rate: Double)) throws -> [Scalar] {
          var generator = SeededGenerator(seed: 82)
          var x: [Scalar] = uniformVector(count: 100, in: -2...2, using: &generator)
          if [.fromZero, .firstStep].contains(identity.walk) { x = x.map { _ in 0 } }
          var optimizer = try Optimizer<Scalar>(
            one.rule, learningRate: LearningRate(.constant(one.rate)), weightDecay: one.decay,
            options: ExecutionOptions(backend: .kernels), count: x.count)
          for step in 1...(identity.walk == .firstStep ? 1 : 4) {
            var gradient: [Scalar] = uniformVector(count: x.count, in: -3...3, using: &generator)
            if identity.walk == .oneSign { gradient = gradient.map { abs($0) } }
            if identity.walk == .growing { gradient = gradient.map { ($0 < 0 ? -1 : 1) * Scalar(step) } }
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
