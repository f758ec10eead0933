internal import Descent
internal import NaiveReference
internal import RuleCases

/// Learning rates that react to the run, step by step against their definitions.
package struct RateCheck {
  private let plateaus: [PlateauCase]
  private let scale: CheckScale

  package init(plateaus: [PlateauCase] = PlateauCase.all, scale: CheckScale) {
    (self.plateaus, self.scale) = (plateaus, scale)
  }

  /// A row for each kind of rate.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("learning rates")
    var rows = [try plateau()]
    var normBased = CheckRow(Self.section, "norm-based", limit: 4)
    try self.normBased(Double.self, &normBased)
    try self.normBased(Float.self, &normBased)
    rows.append(normBased)
    rows.append(try sharedDraws())
    var draws = CheckRow(Self.section, "random, a draw for each element")
    try elementDraws(Double.self, &draws)
    try elementDraws(Float.self, &draws)
    rows.append(draws)
    rows.append(schedules())
    return rows
  }

  private static let section = "Learning rates"
  private static let schedule = Schedule.linear(from: 0.1, to: 0.02, over: 50)

  // MARK: - Schedules

  /// A schedule and its formula.
  private static let formulas: [(Schedule, @Sendable (Double) -> Double)] = [
    (.constant(0.1), { _ in 0.1 }),
    (.linear(from: 0.1, to: 0.001, over: 97), { NaiveSchedules.linear(0.1, 0.001, 97, $0) }),
    (
      .polynomial(from: 0.1, to: 0.001, power: 1.7, over: 97),
      { NaiveSchedules.polynomial(0.1, 0.001, 1.7, 97, cycle: false, $0) }
    ),
    (
      .timeBased(from: 0.1, decay: 0.3, power: 0.7),
      { NaiveSchedules.timeBased(0.1, 0.3, 0.7, 1, staircase: false, $0) }
    ),
    (.cosine(from: 0.1, to: 0.001, over: 97), { NaiveSchedules.cosine(0.1, 0.001, 97, 1, $0) }),
    (.warmup(to: 0.1, over: 31), { NaiveSchedules.warmup(0.1, 31, $0) }),
  ]

  private func schedules() -> CheckRow {
    // Naive formulas cancel near an end value, so that their errors are measured by the first one.
    var row = CheckRow(Self.section, "schedules, in ulp of 0.1", limit: 8)
    for (schedule, formula) in Self.formulas {
      for t in 0..<200 {
        let naive = formula(Double(t))
        row.measure(abs(schedule(t) - naive) / 0.1.ulp) {
          "\(schedule) after \(t) steps: \(schedule(t)), naively \(naive)"
        }
      }
    }
    return row
  }

  // MARK: - Plateau

  private func plateau() throws -> CheckRow {
    var row = CheckRow(Self.section, "plateau")
    let draws = Draws(seed: scale.seed &+ 5)
    for (kind, plateau) in plateaus.enumerated() {
      for run in 0..<20 {
        var naive = plateau.reference
        var optimizer = try Optimizer<Double>(
          SGD(), learningRate: LearningRate(Self.schedule, .plateau(plateau.plateau)), count: 1)
        var x = [1.0]
        for step in 0..<100 {
          let report = try optimizer.step(&x, gradient: [0.5])
          row.same(report.learningRate, Self.schedule(step) * naive.multiplier) {
            "plateau \(kind + 1), run \(run + 1), step \(step + 1)"
          }
          // Falls and then wanders; quarters, so that means are exact; now and then no number at all.
          let uniform = draws.uniform(kind, 100 * run + step)
          let metric = step % 23 == 22 ? .nan : max(0, 10 - Double(step)) / 4 + (8 * uniform).rounded() / 4
          try optimizer.report(metric: metric)
          naive.report(metric)
        }
      }
    }
    return row
  }

  // MARK: - Norm-based

  private func normBased<Scalar: TensorScalar>(_ type: Scalar.Type, _ row: inout CheckRow) throws {
    let cap = 0.5
    let (epsilon, clip) = (Self.schedule, ClipCase("", .none))
    for size in scale.sizes where size < 20_000 {
      let sample = try Sample<Scalar>(size: size, isVector: false, seed: scale.seed)
      for backend in Backend.allCases {
        for scope in Scope.allCases {
          for clipScope in Scope.allCases {
            let place = {
              "\(Scalar.typeCode), \(backend.rawValue), n = \(size), scope \(scope.rawValue), clip \(clipScope.rawValue)"
            }
            func optimizer(_ scope: Scope, layout: Layout, threads: Int) throws -> Optimizer<Scalar> {
              try Optimizer(
                SGD(momentum: 0.9), learningRate: .normBased(epsilon: epsilon, cap: cap, scope: scope),
                clipping: .norm(1e9, scope: clipScope), groups: layout == sample.layout ? sample.groups : [],
                options: ExecutionOptions(backend: backend, threads: threads), for: layout)
            }
            // The rate of the first step for each tensor: what the engine gives those that share it, taken alone.
            var members = clip
            members.norm = (1, 2, scope)
            var expected = sample.parameters
            var largest = 0.0
            for tensor in expected.indices {
              let entries = sample.layout.entries
              let unit = members.unit(of: tensor, in: sample.layout, groups: sample.groups)
              let layout = try Layout(unit.map { (entries[$0].name, entries[$0].shape) })
              let alone = try optimizer(.global, layout: layout, threads: 1)
              let rate = try sample.dryRun(alone, tensors: unit, step: 0).learningRate
              let naive = NaiveNormRate.rate(
                epsilon: epsilon(0), norm: .two(unit.flatMap { sample.parameters[$0] }), cap: cap)
              row.measure(ulps(between: rate, naive)) { "\(place()), tensor \(tensor): \(rate), naively \(naive)" }

              let isSlow = sample.groups.contains { $0.tensors.contains(entries[tensor].name) }
              let scaled = isSlow ? rate * 0.5 : rate
              largest = max(largest, scaled)
              var run = NaiveRun(NaiveSGD<Scalar>(momentum: 0.9))
              run.step(&expected[tensor], gradient: sample.gradients[0][tensor], rate: scaled)
            }
            for threads in scale.threads {
              var whole = try optimizer(scope, layout: sample.layout, threads: threads)
              try sample.walk(&whole, in: .list) { step, report, parameters in
                guard step == 0 else { return }
                row.same(report.learningRate, largest) { "\(place()): the rate in the report" }
                row.same(parameters(), expected) { "\(place()), \(threads) threads, step 1" }
              }
            }
          }
        }
      }
    }
    try extremeNorms(type, &row)
  }

  /// Parameters from the least to the largest numbers.
  private func extremeNorms<Scalar: TensorScalar>(_ type: Scalar.Type, _ row: inout CheckRow) throws {
    let draws = Draws(seed: scale.seed &+ 6)
    let (range, cap) = (Scalar.exponents, Double(Scalar.greatestFiniteMagnitude))
    for exponent in stride(from: range.lowerBound + 1, through: range.upperBound, by: scale.exponentStride) {
      let x: [Scalar] = draws.spread(count: 3, exponents: exponent - 1...exponent, stream: exponent - range.lowerBound)
      for backend in Backend.allCases {
        let optimizer = try Optimizer<Scalar>(
          SGD(), learningRate: .normBased(epsilon: 0.1, cap: cap),
          options: ExecutionOptions(backend: backend, threads: 1), count: 3)
        let rate = try optimizer.dryRun(x, gradient: [0, 0, 0]).learningRate
        let naive = NaiveNormRate.rate(epsilon: 0.1, norm: .two(x), cap: cap)
        row.measure(ulps(between: rate, naive)) {
          "\(Scalar.typeCode), \(backend.rawValue), parameters \(x): \(rate), naively \(naive)"
        }
      }
    }
  }

  // MARK: - Random

  private func sharedDraws() throws -> CheckRow {
    var row = CheckRow(Self.section, "random, one draw for all")
    for run in 0..<20 {
      let seed = scale.seed &+ UInt64(run) &* 0x9E37_79B9_7F4A_7C15
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: .random(epsilon: Self.schedule, cap: 0.7, seed: seed), count: 2)
      var x = [1.0, 2.0]
      for step in 0..<100 {
        let rate = try optimizer.step(&x, gradient: [0.1, 0.2]).learningRate
        let naive = NaiveRandomRate.rate(epsilon: Self.schedule(step), seed: seed, step: UInt64(step), cap: 0.7)
        row.same(rate, naive) { "seed \(seed), step \(step + 1)" }
      }
    }
    return row
  }

  private func elementDraws<Scalar: TensorScalar>(_ type: Scalar.Type, _ row: inout CheckRow) throws {
    let rules: [(SGD, WeightDecay)] = [
      (SGD(), .none), (SGD(momentum: 0.9, nesterov: true), .coupled(0.01)), (SGD(momentum: 0.9), .decoupled(0.01)),
    ]
    let rate = LearningRate.random(epsilon: Self.schedule, cap: 0.7, seed: scale.seed, draw: .perElement)
    for size in scale.sizes {
      for isVector in [true, false] {
        let sample = try Sample<Scalar>(size: size, isVector: isVector, seed: scale.seed)
        for (kind, (rule, decay)) in rules.enumerated() {
          let place = { "\(Scalar.typeCode), \(sample.parameters.count) tensors, n = \(size), rule \(kind)" }
          var naive = sample.parameters.map { _ in rule.run(Scalar.self, weightDecay: decay) }
          var expected: [[[Scalar]]] = []
          var x = sample.parameters
          for step in 0..<sample.steps {
            for (tensor, entry) in sample.layout.entries.enumerated() {
              let isSlow = sample.groups.contains { $0.tensors.contains(entry.name) }
              let rates = NaiveRandomRate.rates(
                epsilon: Self.schedule(step), seed: scale.seed, step: UInt64(step), tensor: entry.name,
                count: entry.count, cap: 0.7)
              naive[tensor].step(
                &x[tensor], gradient: sample.gradients[step][tensor], rates: isSlow ? rates.map { $0 * 0.5 } : rates,
                rate: Self.schedule(step))
            }
            expected.append(x)
          }
          for backend in Backend.allCases {
            for (index, threads) in scale.threads.enumerated() {
              let instructionSet = scale.instructionSets[index % scale.instructionSets.count]
              var optimizer = try Optimizer<Scalar>(
                rule, learningRate: rate, weightDecay: decay, groups: sample.groups,
                options: ExecutionOptions(backend: backend, threads: threads, instructionSet: instructionSet),
                for: sample.layout)
              let form = sample.forms[index % sample.forms.count]
              try sample.walk(&optimizer, in: form) { step, _, parameters in
                row.same(parameters(), expected[step]) {
                  "\(place()), \(backend.rawValue), \(threads) threads, \(form.rawValue), step \(step + 1)"
                }
              }
            }
          }
        }
      }
    }
  }
}
