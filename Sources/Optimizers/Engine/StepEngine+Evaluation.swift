internal import Tensors

/// Weights to evaluate with that a rule keeps beside the parameters.
extension StepEngine {
  var hasEvaluationSlots: Bool { rules.contains { $0.rule.evaluationSlot != nil } }

  /// Writes the elements of a tensor's evaluation slot, where its rule has one, but for those that are not yet numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func replaceWithEvaluationSlot(_ weights: UnsafeMutablePointer<Scalar>, ofTensor tensor: Int) {
    let run = rules[places[tensor].rule]
    let name = layout.entries[tensor].name
    guard let slot = run.slots.first(where: { $0.name == run.rule.evaluationSlot }), let entry = slot.layout[name]
    else { return }
    let source = slot.storage.buffer.base + entry.offset
    for i in 0..<entry.count where source[i].isFinite { weights[i] = source[i] }
  }
}
