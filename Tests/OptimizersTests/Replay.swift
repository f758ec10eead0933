import Descent
import TestSupport
import Testing

/// A run of an optimizer along a stored trajectory.
struct Replay {
  let reference: OptimizerCase
  let problem: SmallProblem
  let layout: Layout

  init(_ reference: OptimizerCase) throws {
    self.reference = reference
    problem = try #require(SmallProblem.all[reference.problem])
    layout = try Layout(problem.params0.map { ($0.name!, $0.shape) })
  }

  /// Fails where the parameters leave the stored ones by more than their tolerance.
  /// - Parameter gradientOf: What the optimizer is given, of the problem's gradient and the parameters.
  func follow(
    _ optimizer: consuming Optimizer<Double>,
    gradientOf modified: (_ gradient: Double, _ parameter: Double) -> Double = { gradient, _ in gradient }
  ) throws {
    var parameters = try ParameterSet(problem.params0.map { ($0.name!, try Tensor($0.elements, shape: $0.shape)) })
    for step in 1...(reference.snapshots.map(\.step).max() ?? 0) {
      let elements = Dictionary(uniqueKeysWithValues: layout.entries.map { ($0.name, parameters[$0.name]!.elements) })
      let gradient = problem.gradient(step: step - 1, at: elements)
      try optimizer.step(
        &parameters,
        gradients: ParameterSet(
          layout.entries.map {
            ($0.name, try Tensor(zip(gradient[$0.name]!, elements[$0.name]!).map(modified), shape: $0.shape))
          }),
        loss: problem.loss(at: elements))
      for snapshot in reference.snapshots where snapshot.step == step {
        for (name, expected) in snapshot.params {
          let error = relativeError(parameters[name]!.elements, expected: expected)
          #expect(error <= snapshot.tensorRel, "\(reference.id): \(name) after step \(step)")
        }
      }
    }
  }
}
