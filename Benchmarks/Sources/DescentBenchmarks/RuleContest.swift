import Descent

/// What a checked step of one rule needed, beside the floor of the same rounds.
struct RuleMeasurement: Codable {
  let rule: String
  /// How tiles were moved: by a kernel in C or by the rule's body in Swift.
  let path: String
  let scalar: String
  let shape: Shape
  let bytesPerElement: Int
  /// Seconds per step, a number per round.
  let secondsByRound, floorSecondsByRound: [Double]
  let seconds: Spread
  /// Time over the floor's time.
  let ratioToFloor: Spread
}

/// Steps of some rules on vectors of one shape, in the same rounds as the floor of each.
struct RuleContest<Scalar: BenchmarkScalar> {
  let shape: Shape
  let threads: Int

  /// The measurements, a few rules at a time: each has state of its own, and memory is finite.
  func measurements(of rules: [MeasuredRule], _ sampling: Sampling) throws -> [RuleMeasurement] {
    let rules = rules.filter { $0.largestCount >= shape.count }
    let batch = 6
    return try stride(from: 0, to: rules.count, by: batch).flatMap { first in
      try measurements(ofBatch: Array(rules[first..<min(first + batch, rules.count)]), sampling)
    }
  }

  private func measurements(ofBatch rules: [MeasuredRule], _ sampling: Sampling) throws -> [RuleMeasurement] {
    let workspace = Workspace<Scalar>(count: shape.count, slots: rules.map(\.slots).max() ?? 0)
    let passes = Set(rules.flatMap(\.passes)).sorted { $0.words < $1.words }
    let vectors = try Vectors<Scalar>(shape)
    let matrices = try rules.contains(where: \.isOnMatrices) ? Vectors<Scalar>(shape, asMatrices: true) : vectors
    let steppers = try rules.map { rule in
      let vectors = rule.isOnMatrices ? matrices : vectors
      let optimizer = try Optimizer<Scalar>(
        rule.rule, learningRate: LearningRate(.constant(1e-9)), weightDecay: rule.weightDecay,
        options: ExecutionOptions(backend: .kernels, threads: threads), for: vectors.layout)
      return Stepper(optimizer, on: vectors)
    }
    let paths = try steppers.map { try $0.path() }
    let seconds = try sampling.takeTurns(
      passes.map { $0.contestant(over: workspace, threads: threads) } + steppers.map(\.contestant))

    let passSeconds = Dictionary(uniqueKeysWithValues: zip(passes, seconds))
    return rules.indices.map { index in
      let rule = rules[index]
      let own = seconds[passes.count + index]
      let floor = rule.passes.map { passSeconds[$0]! }.reduce([Double](repeating: 0, count: own.count)) {
        zip($0, $1).map(+)
      }
      return RuleMeasurement(
        rule: rule.name, path: paths[index], scalar: "\(Scalar.self)", shape: shape,
        bytesPerElement: rule.words * MemoryLayout<Scalar>.stride, secondsByRound: own, floorSecondsByRound: floor,
        seconds: Spread(own), ratioToFloor: Spread(of: own, over: floor))
    }
  }
}
