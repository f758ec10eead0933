internal import Descent
internal import Problems

/// A fit under way.
struct Fit {
  let problem: FitProblem
  let plan: FitPlan
  private(set) var optimizer: Optimizer<Double>
  private(set) var history = RunHistory()
  private(set) var completedEpochs = 0
  private(set) var lastReport: StepReport?
  /// The loss at the start: of all rows, or of the first batch.
  private(set) var firstLoss: Double?
  /// The mean of the last epoch's losses.
  private(set) var epochLoss = Double.nan
  private(set) var duration = Duration.zero

  private var parameters: ParameterSet<Double>
  private var gradients: ParameterSet<Double>
  private var workspace = RegressionWorkspace()
  private var order: RowOrder
  private let log: RunLog?

  init(_ problem: FitProblem, _ plan: FitPlan, log: RunLog? = nil) throws {
    (self.problem, self.plan, optimizer, self.log) = (problem, plan, plan.optimizer, log)
    parameters = ParameterSet(zeros: problem.regression.layout)
    gradients = parameters
    order = RowOrder(rowCount: problem.training.rowCount, seed: problem.seed)
    // Memory for every step that is planned, but not for those of a slip of the pen.
    history.reserve(min(plan.epochs * plan.stepsPerEpoch, 1 << 20))
  }

  var isFinished: Bool { completedEpochs >= plan.epochs }

  /// Sees every row once, and tells the controllers the mean loss. Where it is cancelled the steps are kept that were made.
  mutating func runEpoch(cancellation: Cancellation? = nil) throws {
    let start = ContinuousClock.now
    let rows = problem.training.rowCount
    if plan.batchSize < rows { order.shuffle(epoch: UInt64(completedEpochs)) }
    var sum = 0.0
    defer { duration += ContinuousClock.now - start }
    for batch in 0..<plan.stepsPerEpoch {
      if let cancellation, cancellation.isCancelled { return }
      let range = batch * plan.batchSize..<min((batch + 1) * plan.batchSize, rows)
      let selection = plan.batchSize < rows ? RowSelection.indices(order.rows[range]) : .all
      let loss = try problem.regression.evaluate(
        selection, at: parameters, gradient: &gradients, workspace: &workspace)
      firstLoss = firstLoss ?? loss
      let report = try optimizer.step(&parameters, gradients: gradients, loss: loss)
      let row = RunRow(report, epoch: completedEpochs + 1)
      try log?.append(row)
      history.append(row)
      lastReport = report
      if let overflow = report.overflow { throw StepError.parametersOverflowed(overflow) }
      sum += loss * Double(range.count)
    }
    epochLoss = sum / Double(rows)
    try optimizer.report(metric: epochLoss)
    completedEpochs += 1
  }

  /// The model's weights: the parameters, unless the rule trains at another point.
  var weights: ParameterSet<Double> {
    guard let point = try? optimizer.evaluationPoint(of: parameters) else {
      preconditionFailure("the optimizer was made for the parameters' layout")
    }
    return point.parameters
  }

  /// The whole objective and the norm of its gradient, at the weights as they are.
  mutating func wholeObjective() throws -> (value: Double, gradientNorm: Double) {
    let value = try problem.regression.evaluate(
      .all, at: weights, gradient: &gradients, workspace: &workspace)
    var norms: [Double] = []
    for entry in gradients.layout.entries {
      if let tensor = gradients[entry.name] { norms.append(try norm(tensor.span).value) }
    }
    return (value, try norm(norms.span).value)
  }
}
