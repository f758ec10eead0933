internal import ArgumentParser
internal import Descent
internal import Problems

/// What is fitted, and how: all that `descent fit` is told, but for what it shows.
struct FitSetup: Sendable {
  var data: String
  var model: FitModelOptions
  /// Nil for 1/L, from the data.
  var learningRate: Double?
  var schedule: FitScheduleOptions
  var training: FitTrainingOptions

  /// The rows to fit and to judge by.
  func problem(isQuiet: Bool = true) throws -> FitProblem {
    // Standardised here, where nobody shares the rows, a large table is not copied.
    var rows = try FitRows(contentsOf: data, model, isQuiet: isQuiet)
    let standardisation = try rows.standardise(model)
    return try FitProblem(prepared: rows, standardisation, model)
  }

  /// The plan for a problem.
  func plan(for problem: FitProblem) throws -> FitPlan {
    let stepsPerEpoch = stepsPerEpoch(for: problem)
    let steps = training.epochs * stepsPerEpoch
    let rates: LearningRate
    let warnings: [ScheduleWarning]
    var isRateFromData = false
    switch try FitSchedule(schedule.schedule) {
    case .notation(let schedule):
      rates = LearningRate(schedule)
      warnings = schedule.lint(totalSteps: steps)
    case .kind(let kind):
      // 1/L is what descent asks for; other rules have a rate that hardly depends on the data.
      isRateFromData = learningRate == nil && training.optimizer == "sgd"
      let rate =
        try learningRate ?? (isRateFromData ? 1 / problem.regression.smoothness() : training.entry().learningRate)
      rates = schedule.learningRate(kind, from: rate, steps: steps, seed: problem.seed)
      let warmup = schedule.warmup ?? 0
      warnings = warmup > steps ? [.endNotReached(duration: warmup, totalSteps: steps)] : []
    }
    return FitPlan(
      epochs: training.epochs, batchSize: batchSize(for: problem), stepsPerEpoch: stepsPerEpoch,
      optimizer: try optimizer(for: problem, rates), optimizerName: training.optimizer, isRateFromData: isRateFromData,
      clipsByValue: training.clipValue != nil, warnings: warnings)
  }

  /// The rows of a step: as many as there are, if fewer than asked for.
  func batchSize(for problem: FitProblem) -> Int {
    min(training.batchSize ?? problem.training.rowCount, problem.training.rowCount)
  }

  /// The batches that the rows make; the last may be smaller.
  func stepsPerEpoch(for problem: FitProblem) -> Int {
    let size = batchSize(for: problem)
    return (problem.training.rowCount + size - 1) / size
  }

  /// The optimizer with a learning rate.
  func optimizer(for problem: FitProblem, _ rates: LearningRate) throws -> Optimizer<Double> {
    var clipping = training.clipValue.map { GradientClipping.value($0) } ?? .none
    if let norm = training.clipNorm { clipping = clipping.thenNorm(norm) }
    let layout = problem.regression.layout
    let intercepts = ParameterGroup("intercepts", of: layout, weightDecay: WeightDecay.none) { $0 == "bias" }
    let decay = try training.decay()
    return try Optimizer<Double>(
      training.rule(), learningRate: rates, clipping: clipping, weightDecay: decay,
      groups: decay == .none ? [] : [intercepts],
      options: ExecutionOptions(backend: training.backend, threads: training.threads), for: layout)
  }
}
