internal import Descent
package import RuleCases

/// Rules whose step of one element depends on others, against naive runs of all tensors in double precision.
///
/// The naive run takes the clip factor that the engine reports. What is repeated with other threads, instruction sets and
/// memory, or goes on from an exported state, must have the same bits.
package struct ModelCheck {
  private let rules: [ModelCase]
  private let scale: CheckScale

  package init(rules: [ModelCase] = ModelCase.all, scale: CheckScale) { (self.rules, self.scale) = (rules, scale) }

  /// A row for each rule.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("rules of shapes and of sums")
    var rows: [CheckRow] = []
    for rule in rules {
      let place = rows.firstIndex { $0.what == rule.row } ?? rows.count
      if place == rows.count {
        rows.append(
          CheckRow("Rules of shapes and of sums, clipped", rule.row, unit: .largest, limit: rule.tolerance))
      }
      for size in scale.selection(of: scale.sizes.filter { $0 <= 20_000 }, stride: 3) {
        try compare(Double.self, rule, size, &rows[place])
        try compare(Float.self, rule, size, &rows[place])
      }
    }
    return rows
  }

  private func compare<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ rule: ModelCase, _ size: Int, _ row: inout CheckRow
  ) throws {
    let sample = try sample(size, type)
    func optimizer(_ threads: Int?, _ instructionSet: InstructionSet) throws -> Optimizer<Scalar> {
      try Optimizer(
        rule.rule, learningRate: LearningRate(.constant(rule.learningRate)), clipping: .norm(3),
        weightDecay: rule.weightDecay, options: ExecutionOptions(threads: threads, instructionSet: instructionSet),
        for: sample.layout)
    }

    let place = { "\(rule), \(Scalar.typeCode), a vector of \(size)" }
    var naive = rule.reference(sample.layout)
    var expected = sample.parameters.map { $0.map { Double($0) } }
    var (reports, last) = ([StepReport](), sample.parameters)
    var base = try optimizer(1, .baseline)
    try sample.walk(&base, in: .slab) { step, report, parameters in
      last = parameters()
      reports.append(report)
      let gradients = sample.gradients[step].map { $0.map { Double($0) * report.clipFactor } }
      naive.step(&expected, gradients: gradients, rate: rule.learningRate)
      for tensor in expected.indices {
        row.measure(largestError(last[tensor], expected[tensor])) { "\(place()), step \(step + 1), tensor \(tensor)" }
      }
    }

    func repeated(_ optimizer: Optimizer<Scalar>, in form: Sample<Scalar>.Form, _ how: String) throws {
      var optimizer = optimizer
      try sample.walk(&optimizer, in: form) { step, report, parameters in
        row.same(report, reports[step]) { "\(place()), \(how), step \(step + 1)" }
        if step == sample.steps - 1 { row.same(parameters(), last) { "\(place()), \(how)" } }
      }
    }
    for instructionSet in scale.instructionSets {
      for threads in scale.threads {
        try repeated(
          optimizer(threads, instructionSet), in: .slab, "\(threads) threads, \(instructionSet.rawValue)")
      }
    }
    for form in sample.forms where form != .slab { try repeated(optimizer(nil, .best), in: form, form.rawValue) }

    var (first, x) = (try optimizer(nil, .best), try sample.layout.set(sample.parameters))
    for step in 0..<sample.steps {
      if step == 2 {
        let state = try first.state()
        first = try optimizer(nil, .best)
        try first.load(state)
      }
      try first.step(&x, gradients: sample.layout.set(sample.gradients[step]))
    }
    row.same(x.arrays, last) { "\(place()), exported after 2 steps" }
  }

  /// Matrices of every proportion, a vector, a scalar and nothing, with gradients that point away from zero on the whole, so
  /// that an estimate of the distance grows.
  private func sample<Scalar: TensorScalar>(_ size: Int, _ type: Scalar.Type) throws -> Sample<Scalar> {
    let layout = try Layout([
      ("wide", [3, 70]), ("vector", [size]), ("tall", [70, 3]), ("square", [33, 33]), ("scalar", []),
      ("nothing", [0, 4]),
    ])
    let draws = Draws(seed: scale.seed &+ 11 &+ UInt64(size))
    func arrays(_ stream: Int) -> [[Scalar]] {
      layout.entries.enumerated().map { draws.ordinary(count: $1.count, stream: 8 * stream + $0) }
    }
    let start = arrays(0)
    let gradients = (1...5).map { step in
      zip(start, arrays(step)).map { zip($0, $1).map { $0 + $1 / 2 } }
    }
    return try Sample(layout: layout, parameters: start, gradients: gradients)
  }

  /// The largest difference in units of u times the largest magnitude that is expected.
  private func largestError<Scalar: TensorScalar>(_ found: [Scalar], _ expected: [Double]) -> Double {
    let unit = Scalar.roundingUnit * (expected.map(abs).max() ?? 0)
    let errors = zip(found, expected).map { abs(Double($0) - $1) }
    if errors.contains(where: \.isNaN) { return .infinity }
    guard let largest = errors.max(), largest > 0 else { return 0 }
    return largest / unit
  }
}
