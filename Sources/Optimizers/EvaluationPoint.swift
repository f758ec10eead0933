public import Tensors

/// Weights to evaluate, predict or deploy with, which may not be the parameters that are trained.
///
/// Only what trains or averages makes one, and nothing steps on one: the two cannot be mixed up, and there is no mode to
/// switch. A value of its own: later steps do not show in it.
public struct EvaluationPoint<Parameters: Sendable>: Sendable {
  /// The weights.
  public let parameters: Parameters
  /// The number of updates that are in them.
  public let completedSteps: Int

  init(_ parameters: Parameters, completedSteps: Int) {
    (self.parameters, self.completedSteps) = (parameters, completedSteps)
  }
}

extension EvaluationPoint: Equatable where Parameters: Equatable {}

extension Optimizer {
  /// The weights to evaluate with: those of a rule such as ``ScheduleFreeAdamW``, which trains at another point, and else
  /// the parameters themselves. Tensors that have not moved yet are themselves too.
  /// - Throws: `StepError` for parameters of another layout.
  /// - Cost: a copy of the weights.
  public func evaluationPoint(
    of parameters: ParameterSet<Scalar>
  ) throws(StepError) -> EvaluationPoint<ParameterSet<Scalar>> {
    try check(parameters.layout)
    var weights = parameters
    if engine.hasEvaluationSlots {
      let base = weights.mutableBase()
      for (tensor, entry) in layout.entries.enumerated() {
        engine.replaceWithEvaluationSlot(base + entry.offset, ofTensor: tensor)
      }
    }
    return EvaluationPoint(weights, completedSteps: completedSteps)
  }

  /// The weights to evaluate with, for tensors in the layout's order.
  /// - Throws: `StepError` for parameters of another layout.
  public func evaluationPoint(
    of parameters: [Tensor<Scalar>]
  ) throws(StepError) -> EvaluationPoint<[Tensor<Scalar>]> {
    try check(parameters)
    var weights = parameters
    if engine.hasEvaluationSlots {
      for tensor in weights.indices {
        engine.replaceWithEvaluationSlot(weights[tensor].mutableBase(), ofTensor: tensor)
      }
    }
    return EvaluationPoint(weights, completedSteps: completedSteps)
  }

  /// The weights to evaluate with, for one vector.
  /// - Throws: `StepError` for parameters of another layout.
  public func evaluationPoint(of parameters: [Scalar]) throws(StepError) -> EvaluationPoint<[Scalar]> {
    try check(count: 1)
    try check(elements: parameters.count, of: 0)
    var weights = parameters
    if engine.hasEvaluationSlots {
      weights.withUnsafeMutableBufferPointer { elements in
        guard let base = elements.baseAddress else { return }
        engine.replaceWithEvaluationSlot(base, ofTensor: 0)
      }
    }
    return EvaluationPoint(weights, completedSteps: completedSteps)
  }
}
