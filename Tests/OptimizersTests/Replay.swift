import Descent
import TestSupport
import Testing

/// A run of an optimizer along a stored trajectory.
struct Replay {
  let reference: OptimizerCase
  let problem: SmallProblem
  let layout: Layout
  /// The parameters before the first step.
  let start: ParameterSet<Double>

  init(_ reference: OptimizerCase) throws {
    self.reference = reference
    problem = try #require(SmallProblem.all[reference.problem])
    start = try ParameterSet(problem.params0.map { ($0.name!, try Tensor($0.elements, shape: $0.shape)) })
    layout = start.layout
  }

  /// The gradients that update number `step` (from 1) uses.
  /// - Parameter modified: What becomes of the problem's gradient at a parameter.
  func gradients(
    step: Int, at parameters: ParameterSet<Double>,
    _ modified: (_ gradient: Double, _ parameter: Double) -> Double = { gradient, _ in gradient }
  ) throws -> ParameterSet<Double> {
    let elements = elements(parameters)
    let gradient = problem.gradient(step: step - 1, at: elements)
    return try ParameterSet(
      layout.entries.map {
        ($0.name, try Tensor(zip(gradient[$0.name]!, elements[$0.name]!).map(modified), shape: $0.shape))
      })
  }

  private func elements(_ parameters: ParameterSet<Double>) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: layout.entries.map { ($0.name, parameters[$0.name]!.elements) })
  }

  /// Fails where the parameters, or the weights to evaluate with, leave the stored ones by more than their tolerance.
  /// - Parameters:
  ///   - gradientOf: What the optimizer is given, of the problem's gradient and the parameters.
  ///   - isCompared: Whether a tensor of this name is compared.
  ///   - visit: Sees the number of every step and the optimizer after it.
  func follow(
    _ optimizer: consuming Optimizer<Double>,
    gradientOf modified: (_ gradient: Double, _ parameter: Double) -> Double = { gradient, _ in gradient },
    where isCompared: (_ tensor: String) -> Bool = { _ in true },
    visit: (_ step: Int, borrowing Optimizer<Double>) throws -> Void = { _, _ in }
  ) throws {
    var optimizer = optimizer
    try follow(where: isCompared) { parameters, step in
      try optimizer.step(
        &parameters, gradients: gradients(step: step, at: parameters, modified),
        loss: problem.loss(at: elements(parameters)))
      try visit(step, optimizer)
      return try optimizer.evaluationPoint(of: parameters).parameters
    }
  }

  /// The same of steps of any kind: each moves the parameters, and returns the weights to evaluate with.
  func follow(
    where isCompared: (_ tensor: String) -> Bool = { _ in true },
    steps takeStep: (_ parameters: inout ParameterSet<Double>, _ step: Int) throws -> ParameterSet<Double>
  ) throws {
    var parameters = start
    for step in 1...(reference.snapshots.map(\.step).max() ?? 0) {
      let weights = try takeStep(&parameters, step)
      for snapshot in reference.snapshots where snapshot.step == step {
        for (name, expected) in snapshot.params where isCompared(name) {
          let error = relativeError(parameters[name]!.elements, expected: expected)
          #expect(error <= snapshot.tensorRel, "\(reference.id): \(name) after step \(step)")
        }
        for (name, expected) in snapshot.evaluationParams ?? [:] {
          let error = relativeError(weights[name]!.elements, expected: expected)
          #expect(error <= snapshot.tensorRel, "\(reference.id): \(name) to evaluate after step \(step)")
        }
      }
    }
  }
}
