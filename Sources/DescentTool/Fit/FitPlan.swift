internal import Descent
internal import Problems

/// How many steps, of what size.
struct FitPlan {
  let epochs: Int
  let batchSize: Int
  let stepsPerEpoch: Int
  let optimizer: Optimizer<Double>
  /// Whether the rate was taken from the data.
  let isRateFromData: Bool
}

extension FitTrainingOptions {
  /// The plan for a problem.
  func plan(for problem: FitProblem) throws -> FitPlan {
    let rows = problem.training.rowCount
    let batchSize = min(self.batchSize ?? rows, rows)
    let stepsPerEpoch = (rows + batchSize - 1) / batchSize
    let rate = try learningRate ?? 1 / problem.regression.smoothness()
    var clipping = clipValue.map { GradientClipping.value($0) } ?? .none
    if let clipNorm { clipping = clipping.thenNorm(clipNorm) }
    let layout = problem.regression.layout
    let intercepts = ParameterGroup("intercepts", of: layout, weightDecay: WeightDecay.none) { $0 == "bias" }
    let optimizer = try Optimizer<Double>(
      SGD(momentum: .constant(momentum), nesterov: nesterov),
      learningRate: rates(from: rate, steps: epochs * stepsPerEpoch, seed: problem.seed), clipping: clipping,
      weightDecay: weightDecay == 0 ? .none : .decoupled(.constant(weightDecay)),
      groups: weightDecay == 0 ? [] : [intercepts],
      options: ExecutionOptions(backend: backend, threads: threads), for: layout)
    return FitPlan(
      epochs: epochs, batchSize: batchSize, stepsPerEpoch: stepsPerEpoch, optimizer: optimizer,
      isRateFromData: learningRate == nil)
  }

  /// The learning rate from its options: warm-up, then the schedule over what is left of the steps.
  func rates(from rate: Double, steps: Int, seed: UInt64) -> LearningRate {
    let rest = max(1, steps - warmup)
    let main: Schedule =
      switch schedule {
      case .constant, .plateau, .normBased, .random: .constant(rate)
      case .linear: .linear(from: rate, to: finalRate, over: rest)
      case .polynomial: .polynomial(from: rate, to: finalRate, power: power ?? 2, over: rest)
      case .timeBased: .timeBased(from: rate, decay: decay, power: power ?? 1)
      case .cosine: .cosine(from: rate, to: finalRate, over: rest)
      }
    let warmed = warmup == 0 ? main : .warmup(to: rate, over: warmup).then(main)
    return switch schedule {
    case .plateau: LearningRate(warmed, .plateau(Plateau(.minimize, factor: factor, patience: patience)))
    case .normBased: .normBased(epsilon: warmed, cap: rateCap ?? .infinity)
    case .random: .random(epsilon: warmed, cap: rateCap ?? .infinity, seed: seed)
    default: LearningRate(warmed)
    }
  }
}
