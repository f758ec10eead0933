import Descent
import RuleCases
import TestSupport
import Testing

/// A way to step that has something of everything: what every promise about steps is tried on.
struct Sample: Sendable, CustomStringConvertible {
  let description: String
  let rule: any UpdateRule
  var clipping: GradientClipping = .none
  var decay: WeightDecay = .none
  var rate: LearningRate = 0.1
  /// Tensors of a group of their own, if the model has them.
  var grouped: Set<String> = []
  var backend: Backend = .kernels

  /// All there is to try.
  static let all = ofTheEngine + ofEveryRule

  /// Every rule, clipped, and a user's.
  static let ofEveryRule: [Sample] = {
    var seen: Set<String> = [SGD.name]
    let ofElements = RuleCase.all.filter { seen.insert($0.row).inserted }.map {
      Sample(description: $0.row, rule: $0.rule, clipping: .norm(0.5), decay: $0.weightDecay)
    }
    let ofModels = ModelCase.all.map {
      Sample(
        description: $0.description, rule: $0.rule, clipping: .norm(0.5), decay: $0.weightDecay,
        rate: LearningRate(.constant($0.learningRate)))
    }
    return ofElements + ofModels + [
      Sample(description: "a user's", rule: FourSlots(), clipping: .norm(0.5), decay: .decoupled(0.07)),
      Sample(
        description: "a user's that measures", rule: GroupNormalized(), clipping: .norm(0.5, scope: .tensor),
        grouped: ["bias", "long"]),
    ]
  }()

  /// Every way through the engine, with the rule that steps the furthest.
  static let ofTheEngine: [Sample] = [
    Sample(description: "plain, BLAS", rule: SGD(), backend: .blas),
    Sample(description: "plain, clipped, BLAS", rule: SGD(), clipping: .norm(0.5), backend: .blas),
    Sample(
      description: "plain, clipped by tensor, in groups, BLAS", rule: SGD(), clipping: .norm(0.5, scope: .tensor),
      rate: LearningRate(.linear(from: 0.1, to: 0, over: 20)), grouped: ["bias", "long"], backend: .blas),
    Sample(description: "plain, clipped", rule: SGD(maximize: true), clipping: .norm(0.5)),
    Sample(
      description: "momentum, value and 1-norm by group", rule: SGD(momentum: 0.9, dampening: 0.1),
      clipping: .value(0.8).thenNorm(3, order: .one, scope: .group), decay: .coupled(0.01), grouped: ["bias", "long"]),
    Sample(
      description: "Nesterov, norm-based, plateau", rule: SGD(momentum: 0.9, nesterov: true),
      clipping: .norm(0.5, order: .p(3)), decay: .decoupled(0.01),
      rate: LearningRate(
        .warmup(to: 0.1, over: 3), .normBased(NormBasedRate(cap: 0.2, scope: .tensor)),
        .plateau(Plateau(.minimize, factor: 0.5, patience: 2)))),
    Sample(
      description: "random per element", rule: SGD(momentum: 0.5), clipping: .norm(0.5, order: .infinity),
      decay: .decoupled(0.01), rate: .random(epsilon: 0.01, cap: 0.1, seed: 3, draw: .perElement)),
    Sample(
      description: "random, BLAS", rule: SGD(), rate: .random(epsilon: 0.01, cap: 0.1, seed: 3), backend: .blas),
    Sample(
      description: "adaptively clipped, then by norm", rule: SGD(momentum: 0.9),
      clipping: .adaptive(AdaptiveLimit(ratio: 0.1)).thenNorm(0.5)),
    Sample(
      description: "root mean square clipped, in groups", rule: SGD(), clipping: .rootMeanSquare(0.3),
      grouped: ["bias", "long"]),
    Sample(
      description: "distance over gradients, clipped", rule: SGD(momentum: 0.9), clipping: .norm(0.5),
      rate: LearningRate(.warmup(to: 1, over: 3), .distance(.dog()))),
    Sample(
      description: "Barzilai-Borwein and hypergradient", rule: SGD(),
      rate: LearningRate(
        1, .barzilaiBorwein(BarzilaiBorweinRate(range: 1e-4...0.1, safeguard: nil)),
        .hypergradient(HypergradientRate(hyperRate: 0.01)), .plateau(Plateau(.minimize, factor: 0.5, patience: 2)))),
    Sample(
      description: "schedule-free, warmed up, in groups", rule: ScheduleFreeSGD(), clipping: .norm(0.5),
      decay: .coupled(0.01), rate: LearningRate(.warmup(to: 0.1, over: 3)), grouped: ["bias", "long"]),
    Sample(
      description: "schedule-free AdamW, norm-based by tensor", rule: ScheduleFreeAdamW(), decay: .decoupled(0.01),
      rate: LearningRate(.warmup(to: 0.1, over: 3), .normBased(NormBasedRate(cap: 0.2, scope: .tensor)))),
  ]

  func optimizer<Scalar: TensorScalar>(
    for layout: Layout, threads: Int? = nil, instructionSet: InstructionSet = .best,
    nonFinite: ExecutionOptions.NonFiniteGradient = .throw, _ type: Scalar.Type = Scalar.self
  ) throws -> Optimizer<Scalar> {
    let names = grouped.filter { layout[$0] != nil }
    let groups = names.isEmpty ? [] : [ParameterGroup("some", tensors: names, learningRateScale: 0.5)]
    return try Optimizer<Scalar>(
      rule, learningRate: rate, clipping: clipping, weightDecay: decay, groups: groups,
      options: ExecutionOptions(
        backend: backend, threads: threads, nonFiniteGradient: nonFinite, instructionSet: instructionSet),
      for: layout)
  }
}

/// Parameters and state after some steps, by the layout's order.
struct Outcome<Scalar: TensorScalar> {
  var parameters: [[Scalar]]
  /// The arrays of every slot.
  var slots: [[[Scalar]]]
  var reports: [StepReport]
}

/// Fails where two outcomes differ in any bit.
func expectBitsEqual<Scalar: TensorScalar>(
  _ got: Outcome<Scalar>, _ expected: Outcome<Scalar>, sourceLocation: SourceLocation = #_sourceLocation
) {
  for (i, expected) in expected.parameters.enumerated() {
    expectBitsEqual(got.parameters[i], expected, "tensor \(i)", sourceLocation: sourceLocation)
  }
  #expect(got.slots.count == expected.slots.count, Trace.comment, sourceLocation: sourceLocation)
  for (slot, (got, expected)) in zip(got.slots, expected.slots).enumerated() {
    for (got, expected) in zip(got, expected) {
      expectBitsEqual(got, expected, "slot \(slot)", sourceLocation: sourceLocation)
    }
  }
  #expect(got.reports == expected.reports, Trace.comment, sourceLocation: sourceLocation)
}

extension Model {
  /// Many small tensors, empty ones among them, and two larger than a tile.
  static func crowd() throws -> Model {
    try Model((0..<300).map { ("tensor \($0)", [$0 % 7 * $0 % 401]) } + [("big", [100_001]), ("bigger", [3, 70_000])])
  }

  /// Steps on a slab with the gradients of a seed; a metric is reported after each.
  func run<Scalar: TensorScalar>(
    _ sample: Sample, threads: Int? = nil, instructionSet: InstructionSet = .best, steps: Int = 4,
    _ type: Scalar.Type
  ) throws -> Outcome<Scalar> {
    var optimizer = try sample.optimizer(for: layout, threads: threads, instructionSet: instructionSet, type)
    var generator = SeededGenerator(seed: 31)
    let start: [[Scalar]] = random(in: -2...2, using: &generator)
    var parameters = try set(start)
    var reports: [StepReport] = []
    for _ in 0..<steps {
      let gradients: [[Scalar]] = random(in: -3...3, using: &generator)
      reports.append(try optimizer.step(&parameters, gradients: set(gradients)))
      try optimizer.report(metric: 1)
    }
    return Outcome(parameters: arrays(parameters), slots: try optimizer.slots(of: sample.rule), reports: reports)
  }
}
