internal import Descent
internal import NaiveReference

/// What keeps weights beside those that an optimizer moves: averages, Lookahead and sharpness-aware minimization.
package struct WeightsCheck {
  private let averages: [AverageCase]
  private let naiveSlowStepSize, naiveRadius: Double
  private let scale: CheckScale

  package init(
    averages: [AverageCase] = AverageCase.all, naiveSlowStepSize: Double = 0.3, naiveRadius: Double = 0.7,
    scale: CheckScale
  ) {
    (self.averages, self.naiveSlowStepSize, self.naiveRadius) = (averages, naiveSlowStepSize, naiveRadius)
    self.scale = scale
  }

  /// A row for each kind of average, and for Lookahead and SAM.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("weights beside the optimizer's")
    let section = "Weights beside the optimizer's"
    var averageRows = averages.map { CheckRow(section, $0.row) }
    var lookahead = CheckRow(section, "Lookahead")
    // Three products and the norm round, and then the sum: 8 and 2 times u.
    var sam = CheckRow(section, "sharpness-aware minimization", unit: .roundingUnits, limit: 10)
    for size in scale.sizes {
      for threads in scale.threads {
        for (index, average) in averages.enumerated() {
          try compare(WalkOf<Double>(size, threads, scale.seed), average, &averageRows[index])
          try compare(WalkOf<Float>(size, threads, scale.seed), average, &averageRows[index])
        }
        try compareLookahead(WalkOf<Double>(size, threads, scale.seed), &lookahead)
        try compareLookahead(WalkOf<Float>(size, threads, scale.seed), &lookahead)
        try compareSAM(WalkOf<Double>(size, threads, scale.seed), &sam)
        try compareSAM(WalkOf<Float>(size, threads, scale.seed), &sam)
      }
    }
    return averageRows + [lookahead, sam]
  }

  /// Parameters of one vector, its gradients, and an optimizer for them.
  private struct WalkOf<Scalar: TensorScalar> {
    let start: [Scalar]
    let gradients: [[Scalar]]
    let threads: Int

    init(_ size: Int, _ threads: Int, _ seed: UInt64) {
      let draws = Draws(seed: seed &+ 13)
      start = draws.ordinary(count: size, stream: size)
      gradients = (1...7).map { draws.ordinary(count: size, stream: size + 1_000_000 * $0) }
      self.threads = threads
    }

    var place: String { "\(Scalar.typeCode), \(threads) threads, n = \(start.count)" }

    func optimizer() throws(StepError) -> Optimizer<Scalar> {
      try Optimizer(
        SGD(momentum: 0.9), learningRate: 0.1, options: ExecutionOptions(threads: threads), count: start.count)
    }
  }

  private func compare<Scalar: TensorScalar>(
    _ walk: WalkOf<Scalar>, _ average: AverageCase, _ row: inout CheckRow
  ) throws {
    let (method, kind): (WeightAverage<Scalar>.Method, NaiveWeightAverage<Scalar>.Kind)
    switch average.method {
    case .exponential(let decay): method = .exponential(decay: decay)
    case .warmedUpExponential(let decay): method = .warmedUpExponential(decay: decay)
    case .equal(let first): method = .equal(from: first)
    }
    switch average.naive {
    case .exponential(let decay): kind = .exponential(decay: decay)
    case .warmedUp(let decay): kind = .warmedUp(decay: decay)
    case .equal: kind = .equal
    }
    var (optimizer, x) = (try walk.optimizer(), walk.start)
    var found = try WeightAverage<Scalar>(method, threads: walk.threads, count: x.count)
    var expected = NaiveWeightAverage<Scalar>(kind)
    for (step, gradient) in walk.gradients.enumerated() {
      let report = try optimizer.step(&x, gradient: gradient)
      try found.update(with: x, after: report)
      expected.update(with: x)
      row.same(found.evaluationPoint()?.parameters.arrays ?? [], [expected.average]) {
        "\(average.row), \(walk.place), step \(step + 1)"
      }
    }
  }

  private func compareLookahead<Scalar: TensorScalar>(_ walk: WalkOf<Scalar>, _ row: inout CheckRow) throws {
    var (optimizer, x) = (try walk.optimizer(), walk.start)
    var (fast, expected) = (try walk.optimizer(), walk.start)
    var lookahead = try Lookahead(from: x, .init(interval: 3, slowStepSize: 0.3), threads: walk.threads)
    var naive = NaiveLookahead(from: expected, interval: 3, slowStepSize: naiveSlowStepSize)
    for (step, gradient) in walk.gradients.enumerated() {
      try lookahead.follow(&x, after: optimizer.step(&x, gradient: gradient))
      try fast.step(&expected, gradient: gradient)
      naive.follow(&expected)
      row.same([x] + lookahead.slowWeights.arrays, [expected, naive.slow]) { "\(walk.place), step \(step + 1)" }
    }
  }

  private func compareSAM<Scalar: TensorScalar>(_ walk: WalkOf<Scalar>, _ row: inout CheckRow) throws {
    var (optimizer, x) = (try walk.optimizer(), walk.start)
    var (alone, expected) = (try walk.optimizer(), walk.start)
    var sam = try SAM<Scalar>(radius: 0.7, backend: .kernels, threads: walk.threads, count: x.count)
    for (step, gradient) in walk.gradients.enumerated() {
      let place = { "\(walk.place), step \(step + 1)" }
      try sam.ascend(&x, gradient: gradient)
      let norm = NaiveNorm.two(gradient)
      let ahead = NaiveSAM.ascended(expected, gradient: gradient, norm: norm, radius: naiveRadius)
      let reach = norm.mantissa == 0 ? 0 : 0.7 / norm.value
      row.measure(largestDifference(x, ahead, x: expected, g: gradient, a: reach).difference) { "\(place()), ahead" }
      try sam.descend(&x, gradient: walk.start, optimizer: &optimizer)
      try alone.step(&expected, gradient: walk.start)
      row.same(x, expected) { "\(place()), back and a step on" }
    }
  }
}
