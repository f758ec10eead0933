internal import Descent
internal import NaiveReference
package import RuleCases

/// Steps of every rule with every clip, against the naive loop.
///
/// The loop takes the clip factor that the engine reports, so that all that follows must have the same bits; the factor
/// itself is compared with the naive one. What `.blas` does with axpy may differ in the last bits and is bounded.
package struct StepCheck {
  private let rules: [RuleCase]
  private let clips: [ClipCase]
  private let scale: CheckScale

  private var ruleRows: [CheckRow]
  private var clipRows: [CheckRow]
  private var axpyRows: [CheckRow]

  package init(rules: [RuleCase] = RuleCase.all, clips: [ClipCase] = ClipCase.all, scale: CheckScale) {
    (self.rules, self.clips, self.scale) = (rules, clips, scale)
    ruleRows = []
    for rule in rules where !ruleRows.contains(where: { $0.what == rule.row }) {
      ruleRows.append(CheckRow("Rules, with every clip", rule.row))
    }
    clipRows = clips.map { CheckRow("Clips, with every rule", $0.row, limit: 4) }
    axpyRows = AxpyBound.allCases.map {
      CheckRow("The plain step by BLAS", $0.what, unit: .roundingUnits, limit: $0.limit)
    }
  }

  /// The rows of the table: rules, clips, and the plain step by BLAS.
  package mutating func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    for size in scale.sizes {
      progress("steps on \(size) elements")
      for isVector in [true, false] {
        try compare(Sample<Double>(size: size, isVector: isVector, seed: scale.seed), size: size)
        try compare(Sample<Float>(size: size, isVector: isVector, seed: scale.seed), size: size)
      }
    }
    return ruleRows + clipRows + axpyRows
  }

  // MARK: - What is compared

  static var schedule: Schedule { .linear(from: 0.1, to: 0.02, over: 4) }

  private mutating func compare<Scalar: TensorScalar>(_ sample: Sample<Scalar>, size: Int) throws {
    let gradientNorms = sample.gradients.map { NaiveNorm.two($0.joined()) }
    let chosen = clips.indices.filter { size <= scale.longestSlowClip || !clips[$0].isSlow }
    for (turn, clipIndex) in chosen.enumerated() {
      let clip = clips[clipIndex]
      let naive = sample.gradients.map { clip.naiveFactors(of: $0, in: sample.layout, groups: sample.groups) }
      for backend in Backend.allCases {
        let place = "\(Scalar.typeCode), \(backend.rawValue), \(sample.parameters.count) tensors, n = \(size)"
        let factors = try engineFactors(of: sample, clip, backend)
        for step in 0..<sample.steps {
          for tensor in sample.parameters.indices {
            clipRows[clipIndex].measure(ulps(between: factors[step][tensor], naive[step][tensor])) {
              "\(place), step \(step + 1), tensor \(tensor): the factor \(factors[step][tensor]), "
                + "naively \(naive[step][tensor])"
            }
          }
        }
        for (ruleIndex, rule) in rules.enumerated()
        where scale.includes(rule: ruleIndex, clip: turn, size: size) {
          let trial = StepTrial(
            sample: sample, gradientNorms: gradientNorms, rule: rule, clip: clip, backend: backend, factors: factors,
            place: "\(rule.row) \(rule), clip \(clip.row), \(place)")
          try compare(trial, clipIndex: clipIndex)
        }
      }
    }
  }

  /// The clip factor of each tensor in each step, as the engine reports it for the tensors that share it, taken alone.
  private func engineFactors<Scalar: TensorScalar>(
    of sample: Sample<Scalar>, _ clip: ClipCase, _ backend: Backend
  ) throws -> [[Double]] {
    guard clip.norm != nil else { return sample.gradients.map { $0.map { _ in 1 } } }
    var clipping = clip.clipping
    clipping.normLimit?.scope = .global
    var known: [[Int]: [Double]] = [:]
    let columns = try sample.parameters.indices.map { tensor in
      let unit = clip.unit(of: tensor, in: sample.layout, groups: sample.groups)
      if let factors = known[unit] { return factors }
      let layout = try Layout(unit.map { (sample.layout.entries[$0].name, sample.layout.entries[$0].shape) })
      let optimizer = try Optimizer<Scalar>(
        SGD(), learningRate: 0, clipping: clipping, options: ExecutionOptions(backend: backend, threads: 1),
        for: layout)
      let factors = try (0..<sample.steps).map { step in
        try sample.dryRun(optimizer, tensors: unit, step: step).clipFactor
      }
      known[unit] = factors
      return factors
    }
    return (0..<sample.steps).map { step in columns.map { $0[step] } }
  }

  // MARK: - One rule with one clip

  private mutating func compare<Scalar: TensorScalar>(_ trial: StepTrial<Scalar>, clipIndex: Int) throws {
    let ruleIndex = ruleRows.firstIndex { $0.what == trial.rule.row }!
    // One row takes what is found; the comparisons count for the rule and for the clip.
    var row = CheckRow("", "")
    var reports: [StepReport] = []
    var last: [[Scalar]] = trial.sample.parameters

    var base = try trial.optimizer(1, .baseline)
    var naive = trial.sample.parameters.indices.map { trial.reference(of: $0) }
    try trial.sample.walk(&base, in: .slab) { step, report, parameters in
      let found = parameters()
      let place = { "\(trial.place), step \(step + 1)" }
      row.same(report.clipFactor, trial.factors[step].min() ?? 1) { "\(place()): the factor in the report" }
      row.same(report.learningRate, StepCheck.schedule(step)) { "\(place()): the rate in the report" }
      if report.path == .axpy {
        bound(found, after: last, trial, step: step, place)
      } else {
        var expected = last
        for tensor in expected.indices {
          let rate = trial.rate(of: tensor, step: step)
          naive[tensor].step(
            &expected[tensor], gradient: trial.sample.gradients[step][tensor], rate: rate,
            clipFactor: trial.factors[step][tensor], valueBound: trial.clip.valueBound)
        }
        row.same(found, expected, place)
      }
      row.expect(ulps(between: report.gradientNorm, trial.gradientNorms[step].value) <= 4) {
        "\(place()): the gradient's norm in the report, \(report.gradientNorm), "
          + "naively \(trial.gradientNorms[step].value)"
      }
      let moved = naiveUpdateNorm(from: last, to: found)
      row.expect(abs(report.updateNorm - moved.norm) <= moved.error) {
        "\(place()): the update's norm in the report, \(report.updateNorm), naively \(moved.norm)"
      }
      reports.append(report)
      last = found
    }
    let slots = try base.state().slots
    for (slot, name) in trial.rule.rule.slots.enumerated() {
      for (tensor, entry) in trial.sample.layout.entries.enumerated() {
        let expected = naive[tensor].state
        row.same(slots[name]?[entry.name]?.elements ?? [], slot < expected.count ? expected[slot] : []) {
          "\(trial.place): \"\(name)\" of \"\(entry.name)\" after the last step"
        }
      }
    }

    func repeated(_ optimizer: Optimizer<Scalar>, _ form: Sample<Scalar>.Form, _ how: String) throws {
      var optimizer = optimizer
      try trial.sample.walk(&optimizer, in: form) { step, report, parameters in
        row.same(report, reports[step]) { "\(trial.place), \(how), step \(step + 1)" }
        if step == trial.sample.steps - 1 { row.same(parameters(), last) { "\(trial.place), \(how)" } }
      }
    }
    for instructionSet in scale.instructionSets {
      for threads in scale.threads where threads > 1 || instructionSet != .baseline {
        try repeated(
          trial.optimizer(threads, instructionSet), .slab, "\(threads) threads, \(instructionSet.rawValue)")
      }
    }
    for form in trial.sample.forms where form != .slab {
      try repeated(trial.optimizer(nil, .best), form, form.rawValue)
    }
    ruleRows[ruleIndex].add(row)
    clipRows[clipIndex].add(row)
  }

  /// Measures an axpy against the naive loop: with rate and clip factor as one number, as BLAS takes them, and apart.
  private mutating func bound<Scalar: TensorScalar>(
    _ found: [[Scalar]], after before: [[Scalar]], _ trial: StepTrial<Scalar>, step: Int, _ place: () -> String
  ) {
    for tensor in found.indices {
      let rate = trial.rate(of: tensor, step: step)
      let factor = trial.factors[step][tensor]
      let gradient = trial.sample.gradients[step][tensor]
      for (row, rate, factor) in [
        (AxpyBound(Scalar.self, twoFactors: false), rate * factor, 1),
        (AxpyBound(Scalar.self, twoFactors: true), rate, factor),
      ] {
        var expected = before[tensor]
        var naive = trial.reference(of: tensor)
        naive.step(&expected, gradient: gradient, rate: rate, clipFactor: factor)
        let (largest, at) = largestDifference(
          found[tensor], expected, x: before[tensor], g: gradient, a: rate * factor)
        axpyRows[row.rawValue].measure(largest) {
          "\(place()), tensor \(tensor), element \(at): \(found[tensor][at]), naively \(expected[at]), for the "
            + "gradient \(gradient[at]), the parameter \(before[tensor][at]), rate \(rate), factor \(factor)"
        }
      }
    }
  }
}
