internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// `descent tune --search range`: a range test over the rows to fit.
struct RangeSearch {
  let setup: FitSetup
  let test: RangeTest
  let problem: FitProblem

  init(_ setup: FitSetup, _ options: TuneOptions) throws {
    try self.init(
      setup, problem: setup.problem(), rates: options.learningRate, points: options.points ?? 100,
      passes: options.passes ?? 1, smoothing: options.smoothing)
  }

  init(
    _ setup: FitSetup, problem: FitProblem, rates: RateCandidates? = nil, points: Int = 100, passes: Int = 1,
    smoothing: Double? = nil
  ) throws {
    let isWhole = setup.batchSize(for: problem) == problem.training.rowCount
    guard case .range(let from, let to) = try rates ?? .around(problem, below: 4, above: 3) else {
      preconditionFailure("a list of rates is refused when the options are read")
    }
    test = RangeTest(from: from, to: to, steps: points, passes: passes, smoothing: smoothing ?? (isWhole ? 0 : 0.9))
    (self.setup, self.problem) = (setup, problem)
  }

  /// One step with each rate, over the batches of successive epochs; every pass has another order of the rows.
  ///
  /// - Parameter observer: told of every step's rate, loss and norm of the gradient.
  func run(
    cancellation: Cancellation? = nil,
    observer: (RangeTest.Step, _ loss: Double, _ gradientNorm: Double) -> Void = { _, _, _ in }
  ) throws -> RangeTestResult {
    let start = ParameterSet<Double>(zeros: problem.regression.layout)
    let (rows, batchSize) = (problem.training.rowCount, setup.batchSize(for: problem))
    let stepsPerEpoch = setup.stepsPerEpoch(for: problem)
    var (gradients, workspace) = (start, RegressionWorkspace())
    var order = RowOrder(rowCount: rows, seed: problem.seed)
    let model = (parameters: start, optimizer: try setup.optimizer(for: problem, LearningRate(test.sweep)))
    return try test.run(on: model, cancellation: cancellation) { model, step in
      let (epoch, batch) = step.index.quotientAndRemainder(dividingBy: stepsPerEpoch)
      var selection = RowSelection.all
      if batchSize < rows {
        order.shuffle(epoch: UInt64(step.pass) << 32 | UInt64(epoch))
        selection = .indices(order.rows[batch * batchSize..<min((batch + 1) * batchSize, rows)])
      }
      let loss = try problem.regression.evaluate(
        selection, at: model.parameters, gradient: &gradients, workspace: &workspace)
      guard loss.isFinite else { return loss }
      let report = try model.optimizer.step(&model.parameters, gradients: gradients)
      observer(step, loss, report.gradientNorm)
      return loss
    }
  }

  /// Runs the test, and prints and draws what it found.
  func run(_ output: TuneOutputOptions) throws {
    Interrupt.listen()
    let result = try run(cancellation: Interrupt.cancellation)
    let report = RangeReport(setup, batchSize: setup.batchSize(for: problem), rows: problem.training.rowCount, result)
    try output.result.write(output.result.json ? JSONText.of(report) : report.text)
    if let path = output.plot, !result.curve.losses.isEmpty { try RangePlot(report).write(to: path) }
    if result.end == .cancelled { throw ExitCode(128 + SIGINT) }
    if report.command == nil { throw ExitCode.failure }
  }
}
