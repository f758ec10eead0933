import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

/// One row of the table of rates: what the engine is told, and what plain arithmetic makes of a step.
struct RateCase: Sendable, CustomStringConvertible {
  /// What a naive rate may look at.
  struct Moment {
    /// The number of updates applied.
    let t: Int
    /// The schedule's value, which other tests judge.
    let base: Double
    /// The multiplier of a plateau that heard the same metrics.
    let multiplier: Double
    /// The engine's ‖θ‖₂ in the scope, for each tensor.
    let norms: [Double]
    let layout: Layout
  }

  let description: String
  let learningRate: LearningRate
  let naive: @Sendable (Moment) -> [NaiveRate]

  /// A rate for all elements of a tensor, or for each.
  enum NaiveRate {
    case same(Double)
    case each([Double])
  }

  init(
    _ description: String, _ learningRate: LearningRate, _ naive: @escaping @Sendable (Moment) -> [NaiveRate]
  ) {
    (self.description, self.learningRate, self.naive) = (description, learningRate, naive)
  }

  private static func common(_ rate: @escaping @Sendable (Moment) -> Double) -> @Sendable (Moment) -> [NaiveRate] {
    { moment in moment.layout.entries.map { _ in .same(rate(moment)) } }
  }

  private static func drawn(
    seed: UInt64, cap: Double, multiplied: Bool = false
  ) -> @Sendable (Moment) -> [NaiveRate] {
    { moment in
      moment.layout.entries.map { entry in
        let rates = NaiveRandomRate.rates(
          epsilon: moment.base, seed: seed, step: UInt64(moment.t), tensor: entry.name, count: entry.count, cap: cap)
        return .each(multiplied ? rates.map { moment.multiplier * $0 } : rates)
      }
    }
  }

  private static func ofNorms(
    cap: Double, _ then: @escaping @Sendable (Moment, Double) -> Double = { $1 }
  ) -> @Sendable (Moment) -> [NaiveRate] {
    { moment in
      moment.norms.map { norm in
        .same(then(moment, NaiveNormRate.rate(epsilon: moment.base, norm: NaiveNorm(norm), cap: cap)))
      }
    }
  }

  static let plateau = Plateau(.minimize, factor: 0.5, patience: 2, relativeMargin: 0.01, cooldown: 1, minimum: 0.1)

  /// The rates that Descent was asked for, and what can be made of them.
  static let all: [RateCase] = {
    let schedules: [(String, Schedule)] = [
      ("fixed", 0.1),
      ("linear", .linear(from: 0.1, to: 0, over: 10)),
      ("polynomial", .polynomial(from: 0.1, to: 0.001, power: 2, over: 10)),
      ("time-based", .timeBased(from: 0.1, decay: 0.5, power: 0.75)),
      ("warm-up, then cosine", .warmup(to: 0.1, over: 4).then(.cosine(from: 0.1, to: 0, over: 6))),
    ]
    var cases = schedules.map { name, schedule in
      RateCase(name, LearningRate(schedule), common { $0.base })
    }
    let warm: Schedule = .warmup(to: 0.1, over: 4)
    cases += [
      RateCase("plateau", LearningRate(0.1, .plateau(plateau)), common { $0.base * $0.multiplier }),
      RateCase(
        "random", .random(epsilon: 0.01, cap: 0.05, seed: 42),
        common {
          NaiveRandomRate.rate(epsilon: $0.base, seed: 42, step: UInt64($0.t), cap: 0.05)
        }),
      RateCase(
        "random, uncapped", .random(epsilon: 0.01, cap: .infinity, seed: .max),
        common {
          NaiveRandomRate.rate(epsilon: $0.base, seed: .max, step: UInt64($0.t), cap: .infinity)
        }),
      RateCase(
        "random per element", .random(epsilon: 0.01, cap: 0.05, seed: 7, draw: .perElement), drawn(seed: 7, cap: 0.05)),
      RateCase(
        "random per element, warmed up, with plateau",
        LearningRate(warm, .random(RandomRate(cap: 0.05, seed: 8, draw: .perElement)), .plateau(plateau)),
        drawn(seed: 8, cap: 0.05, multiplied: true)),
      RateCase(
        "plateau of a random rate", LearningRate(warm, .random(RandomRate(cap: 0.05, seed: 9)), .plateau(plateau)),
        common {
          NaiveRandomRate.rate(epsilon: $0.base, seed: 9, step: UInt64($0.t), cap: 0.05) * $0.multiplier
        }),
      RateCase(
        "norm-based, warmed up, with plateau",
        LearningRate(warm, .normBased(NormBasedRate(cap: 0.2)), .plateau(plateau)),
        ofNorms(cap: 0.2) { moment, rate in rate * moment.multiplier }),
    ]
    for scope in Scope.allCases {
      cases.append(
        RateCase("norm-based, \(scope)", .normBased(epsilon: 0.5, cap: 0.2, scope: scope), ofNorms(cap: 0.2)))
    }
    return cases
  }()
}

@Suite struct RateTests {
  @Test(arguments: RateCase.all, Backend.allCases)
  func followsTheNaiveRate(_ rateCase: RateCase, _ backend: Backend) throws {
    try forBothScalars(OnAModel(rateCase: rateCase, backend: backend))
  }

  private struct OnAModel: ScalarTest {
    let rateCase: RateCase
    let backend: Backend

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      try withEvery("rule", in: RuleCase.ofEachPath) { ruleCase in
        try withEvery("scale of a group", in: [1, 0.5]) { scale in
          try follow(model, ruleCase, scale: scale, Scalar.self)
        }
      }
    }

    func follow<Scalar: TensorScalar>(
      _ model: Model, _ ruleCase: RuleCase, scale: Double, _ type: Scalar.Type
    ) throws {
      let group = ParameterGroup("some", tensors: ["bias", "long", "nothing"], learningRateScale: scale)
      var optimizer = try Optimizer<Scalar>(
        ruleCase.rule, learningRate: rateCase.learningRate, weightDecay: ruleCase.weightDecay, groups: [group],
        options: ExecutionOptions(backend: backend), for: model.layout)
      var naive = NaiveOptimizer<Scalar>(ruleCase, tensors: model.layout.entries.count)
      var plateau = NaivePlateau(factor: 0.5, patience: 2, relativeThreshold: 0.01, floor: 0.1, cooldown: 1)
      var generator = SeededGenerator(seed: 21)
      var x: [[Scalar]] = model.random(in: -2...2, using: &generator)
      var set = try model.set(x)

      for (t, metric) in [3, 2, 2, 1.995, 1, 1, 1, 1, 1, 1, 1.0].enumerated() {
        try withLabel("t", t) {
          let gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
          let base = rateCase.learningRate.schedule.value(after: t)
          let rates = try rateCase.naive(
            RateCase.Moment(
              t: t, base: base, multiplier: plateau.multiplier, norms: norms(x, model, group), layout: model.layout)
          ).enumerated().map { index, rate -> NaiveOptimizer<Scalar>.Rate in
            let scale = group.tensors.contains(model.layout.entries[index].name) ? scale : 1
            return switch rate {
            case .same(let rate): .same(rate * scale)
            case .each(let rates): .each(rates.map { $0 * scale }, from: base)
            }
          }
          let report = try optimizer.step(&set, gradients: try model.set(gradients))
          let before = x
          naive.step(&x, gradients: gradients, rates: rates, clipFactors: gradients.map { _ in 1 })

          let got = model.arrays(set)
          var largest = 0.0
          for (i, rate) in rates.enumerated() {
            let name = model.layout.entries[i].name
            switch rate {
            case .same(let rate):
              largest = max(largest, rate)
              if report.path == .axpy {
                expectAxpy(got[i], a: -rate, gradient: gradients[i], from: before[i], name)
              } else {
                expectBitsEqual(got[i], x[i], name)
              }
            case .each:
              // Of rates that are drawn per element the report tells the ε.
              largest = base
              expectBitsEqual(got[i], x[i], name)
            }
          }
          #expect(report.learningRate == largest, Trace.comment)
          x = got
          try optimizer.report(metric: metric)
          plateau.report(metric)
        }
      }
    }

    /// The engine's norm of the parameters in the rate's scope, for each tensor, which is within 4 ulp of the naive one.
    func norms<Scalar: TensorScalar>(
      _ x: [[Scalar]], _ model: Model, _ group: ParameterGroup
    ) throws -> [Double] {
      guard case .normBased(let controller) = rateCase.learningRate.controllers.first else { return [] }
      return try model.layout.entries.map { entry in
        let sharing = model.layout.entries.indices.filter { other in
          let name = model.layout.entries[other].name
          return switch controller.scope {
          case .global: true
          case .group: group.tensors.contains(name) == group.tensors.contains(entry.name)
          case .tensor: name == entry.name
          }
        }
        // An optimizer of these tensors alone tells the norm of what it is given as gradients.
        let alone = try Model(sharing.map { (model.layout.entries[$0].name, model.layout.entries[$0].shape) })
        let set = try alone.set(sharing.map { x[$0] })
        let norm = try Optimizer<Scalar>(
          SGD(), learningRate: 0, options: ExecutionOptions(backend: backend), for: alone.layout
        ).dryRun(set, gradients: set).gradientNorm
        let expected = NaiveNorm.two(sharing.map { x[$0] }.joined())
        expectULPs(norm, expected.value, atMost: 4, "the norm of \(entry.name)'s scope")
        return norm
      }
    }
  }

  @Test func aPlateauOfPyTorchTakesAnyPatience() {
    #expect(Plateau.pyTorch(baseRate: 0.1, patience: 10).patience == 11)
    #expect(Plateau.pyTorch(baseRate: 0.1, patience: .max).patience == .max)
  }

  @Test func aPreviewShowsTheRatesOfTheRunBitForBit() throws {
    for rateCase in RateCase.all where rateCase.learningRate.controllers.isEmpty {
      var optimizer = try Optimizer<Double>(SGD(), learningRate: rateCase.learningRate, count: 2)
      let preview = rateCase.learningRate.preview(0..<15)
      var x = [1.0, 2]
      let live = try (0..<15).map { _ in try optimizer.step(&x, gradient: [0.1, 0.1]).learningRate }
      expectBitsEqual(live, preview, rateCase.description)
    }
  }

  // MARK: - The stored cases

  @Test(arguments: StateCase.all.filter { $0.kind == "seed_inverse_norm" }, Backend.allCases)
  func theNormBasedRateIsTheStoredOne(_ reference: StateCase, _ backend: Backend) throws {
    let theta = try #require(reference.theta)
    let zeros = theta.map { _ in 0.0 }
    func rate(cap: Double) throws -> Double {
      try Optimizer<Double>(
        SGD(), learningRate: .normBased(epsilon: .constant(reference.eps), cap: cap),
        options: ExecutionOptions(backend: backend), count: theta.count
      ).dryRun(theta, gradient: zeros).learningRate
    }
    let uncapped = try rate(cap: .infinity)
    #expect(abs(uncapped - reference.rates[0]) <= reference.relativeTolerance * reference.rates[0])
    #expect(try rate(cap: uncapped / 2) == uncapped / 2)
  }

  @Test(arguments: PlateauCase.all) func thePlateauFollowsItsPeer(_ reference: PlateauCase) throws {
    let p = reference.parameters
    let plateau: Plateau =
      if reference.peer == "torch" {
        .pyTorch(
          reference.mode == "max" ? .maximize : .minimize, baseRate: p["base_lr"]!, factor: p["factor"]!,
          patience: Int(p["patience"]!), threshold: p["threshold"]!,
          isThresholdRelative: reference.thresholdMode == "rel", cooldown: Int(p["cooldown"]!),
          minimumRate: p["min_lr"]!, epsilon: p["eps"]!)
      } else {
        .optax(
          factor: p["factor"]!, patience: Int(p["patience"]!), rtol: p["rtol"]!, atol: p["atol"]!,
          cooldown: Int(p["cooldown"]!), accumulationSize: Int(p["accumulation_size"]!),
          minimumScale: p["min_scale"]!)
      }
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: LearningRate(.constant(p["base_lr"]!), .plateau(plateau)), count: 1)
    for (i, metric) in reference.metrics.enumerated() {
      try optimizer.report(metric: metric)
      var x = [1.0]
      let rate = try optimizer.step(&x, gradient: [0]).learningRate
      let tolerance = reference.relativeTolerance * reference.rates[i] + reference.absoluteTolerance
      #expect(abs(rate - reference.rates[i]) <= tolerance, "after metric \(i)")
    }
  }

  // MARK: - Plateaus

  /// torch and optax compare with best * (1 - margin): for best = -10 that is -9, worse than best and yet "better".
  @Test func aWorseNegativeMetricIsNoImprovement() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: LearningRate(1, .plateau(Plateau(.minimize, factor: 0.5, patience: 2, relativeMargin: 0.1))),
      count: 1)
    for metric in [-10, -9.5, -10.9] { try optimizer.report(metric: metric) }
    #expect(try optimizer.dryRun([0], gradient: [0]).learningRate == 0.5)
  }

  /// Numbers exactly at a limit, and averages: what the multiplier is after the metrics.
  @Test(
    arguments: [
      (Plateau(.minimize, factor: 0.5, patience: 1, relativeMargin: 0.5), [4, 2], 0.5),
      (Plateau(.maximize, factor: 0.5, patience: 1, relativeMargin: 0.5), [4, 6], 0.5),
      (Plateau(.minimize, factor: 0.5, patience: 1, absoluteMargin: 2), [4, 1.5], 1),
      (Plateau(.minimize, factor: 0.5, patience: 1, smallestReduction: 0.5), [1, 1], 1),
      (Plateau(.minimize, factor: 0.5, patience: 1, smallestReduction: 0.25), [1, 1, 1], 0.5),
      (Plateau(.minimize, factor: 0.5, patience: 2, reportsPerMetric: 2), [.nan, 1, 1, 1, 2, 2], 1),
    ] as [(Plateau, [Double], Double)])
  func aPlateauAtItsLimits(_ plateau: Plateau, _ metrics: [Double], _ multiplier: Double) throws {
    var optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(1, .plateau(plateau)), count: 1)
    for metric in metrics { try optimizer.report(metric: metric) }
    #expect(try optimizer.dryRun([0], gradient: [0]).learningRate == multiplier)
  }

  /// Random metrics, NaN and infinity among them, with random settings, against the naive controller.
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func aPlateauFollowsTheNaiveOne(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &generator) }
    let plateau = Plateau(
      integer(0...1) == 0 ? .minimize : .maximize, factor: number(0.1...0.9), patience: integer(1...4),
      relativeMargin: integer(0...1) == 0 ? 0 : number(0...0.3),
      absoluteMargin: integer(0...1) == 0 ? 0 : number(0...1),
      cooldown: integer(0...3), minimum: integer(0...1) == 0 ? 0 : 0.05, reportsPerMetric: 1)
    var naive = NaivePlateau(
      factor: plateau.factor, patience: plateau.patience, relativeThreshold: plateau.relativeMargin,
      absoluteThreshold: plateau.absoluteMargin, floor: plateau.minimum, cooldown: plateau.cooldown,
      isMaximizing: plateau.direction == .maximize)
    var optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(1, .plateau(plateau)), count: 1)
    for report in 0..<200 {
      let metric =
        switch integer(0...9) {
        case 0: Double.nan
        case 1: integer(0...1) == 0 ? Double.infinity : -.infinity
        default: number(-5...5) + Double(report) / 20
        }
      try optimizer.report(metric: metric)
      naive.report(metric)
      var x = [1.0]
      #expect(
        try optimizer.step(&x, gradient: [0]).learningRate == naive.multiplier,
        "seed \(seed), report \(report), metric \(metric)")
    }
  }

  @Test func aMetricThatIsNotFiniteIsIgnoredOrRefusedIfSoAsked() throws {
    func optimizer(_ policy: Plateau.NonFinitePolicy) throws -> Optimizer<Double> {
      let plateau = Plateau(.minimize, factor: 0.5, patience: 1, nonFinite: policy)
      return try Optimizer(SGD(), learningRate: LearningRate(1, .plateau(plateau)), count: 1)
    }
    var ignoring = try optimizer(.ignore)
    var counting = try optimizer(.countAsBad)
    var throwing = try optimizer(.throw)
    for bad in [Double.nan, .infinity, -.infinity] {
      try ignoring.report(metric: bad)
      #expect(throws: StepError.self) { try throwing.report(metric: bad) }
    }
    try counting.report(metric: .nan)
    #expect(try ignoring.dryRun([0], gradient: [0]).learningRate == 1)
    #expect(try throwing.dryRun([0], gradient: [0]).learningRate == 1)
    #expect(try counting.dryRun([0], gradient: [0]).learningRate == 0.5)
  }

  // MARK: - Norms and draws

  @Test func aNormBasedRateOfZerosIsTheCapAndWithoutOneIsRefused() throws {
    var x = [0.0, 0]
    var capped = try Optimizer<Double>(SGD(), learningRate: .normBased(epsilon: 0.1, cap: 3), count: 2)
    #expect(try capped.step(&x, gradient: [1, 2]).learningRate == 3)
    #expect(x == [-3, -6])
    x = [0, 0]
    var uncapped = try Optimizer<Double>(SGD(), learningRate: .normBased(epsilon: 0.1, cap: .infinity), count: 2)
    #expect(throws: StepError.invalidLearningRate(value: .infinity, step: 1)) {
      try uncapped.step(&x, gradient: [1, 2])
    }
    #expect(x == [0, 0] && uncapped.completedSteps == 0)
  }

  @Test func aRandomRateDependsOnSeedAndStepAndNotOnHistory() throws {
    func rates(seed: UInt64, resumeAt: Int?) throws -> [Double] {
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: .random(epsilon: 0.1, cap: .infinity, seed: seed), count: 1)
      var x = [1.0]
      return try (0..<20).map { step in
        if step == resumeAt {
          let state = try optimizer.state()
          optimizer = try Optimizer(
            SGD(), learningRate: .random(epsilon: 0.1, cap: .infinity, seed: seed), count: 1)
          try optimizer.load(state)
        }
        return try optimizer.step(&x, gradient: [0.1]).learningRate
      }
    }
    let unbroken = try rates(seed: 5, resumeAt: nil)
    #expect(try rates(seed: 5, resumeAt: 11) == unbroken)
    #expect(try Set(rates(seed: 6, resumeAt: nil)).isDisjoint(with: unbroken))
    #expect(unbroken.allSatisfy { $0 >= 0.1 } && Set(unbroken).count == 20)
  }

  /// The draws of a tensor are the same whatever other tensors there are and in whatever order.
  @Test func aRatePerElementBelongsToTheNameAndTheIndex() throws {
    let ones = Array(repeating: 1.0, count: 9000)
    func step(_ names: [String]) throws -> [String: [Double]] {
      let model = try Model(names.map { ($0, [9000]) })
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: .random(epsilon: 0.1, cap: .infinity, seed: 5, draw: .perElement), for: model.layout)
      var set = ParameterSet<Double>(zeros: model.layout)
      try optimizer.step(&set, gradients: model.set(names.map { _ in ones }))
      return Dictionary(uniqueKeysWithValues: zip(names, model.arrays(set)))
    }
    let (alone, both, swapped) = try (step(["a"]), step(["a", "b"]), step(["b", "a"]))
    #expect(alone["a"] == both["a"] && both == swapped)
    #expect(both["a"] != both["b"])
  }

  @Test(arguments: [0, -1, -Double.infinity, .nan]) func aCapThatIsNoneIsRefused(_ cap: Double) {
    for rate in [LearningRate.normBased(epsilon: 0.1, cap: cap), .random(epsilon: 0.1, cap: cap, seed: 1)] {
      #expect(throws: StepError.self) { try Optimizer<Double>(SGD(), learningRate: rate, count: 1) }
    }
  }
}
