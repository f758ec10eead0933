internal import Tensors

/// One rule of an engine: the tensors that it moves, and the arrays that it keeps of them.
struct RuleRun<Scalar: TensorScalar> {
  let rule: any UpdateRule
  /// The tensors, by their number in the engine's layout.
  let tensors: [Int]
  let slots: [(name: String, layout: Layout, storage: TensorStorage<Scalar>)]
  let path: StepReport.Path
  /// The largest gradient that the rule can use.
  let largestGradient: Double
  let measuredScope: Scope?

  init(_ rule: any UpdateRule, tensors: [Int], of layout: Layout, path: StepReport.Path) {
    (self.rule, self.tensors, self.path) = (rule, tensors, path)
    slots = rule.slots.map { slot in
      let own = Self.layout(of: slot, rule, tensors, layout)
      let storage = TensorStorage<Scalar>(AlignedBuffer(zeros: own.slabCount))
      let value = rule.initialValue(ofSlot: slot)
      if value != 0 { storage.buffer.base.update(repeating: Scalar(value), count: own.slabCount) }
      return (slot, own, storage)
    }
    largestGradient = rule.largestGradient(for: Scalar.self)
    measuredScope = rule.measuredScope
  }

  /// The shapes of what a slot keeps.
  private static func layout(of slot: String, _ rule: any UpdateRule, _ tensors: [Int], _ layout: Layout) -> Layout {
    guard let shaped = rule as? any ShapedRule else { return layout.keeping(tensors) }
    let shapes = tensors.compactMap { tensor in
      let entry = layout.entries[tensor]
      return shaped.slotShape(slot, of: entry.shape).map { (name: entry.name, shape: $0) }
    }
    guard let own = try? Layout(shapes) else { preconditionFailure("a slot of a rule has a shape that is none") }
    return own
  }
}

/// What a step must know of a tensor to find its tiles' memory: plain numbers and pointers, because a reference that two
/// threads count would cost more than a small tile.
struct TensorPlace<Scalar: TensorScalar> {
  /// Where the tensor begins in each slot; meaningless beyond `slotCount`.
  var slot0, slot1, slot2, slot3: UnsafeMutablePointer<Scalar>
  var slotCount: Int
  /// Which rule moves it.
  var rule: Int
  /// What it shares its clip factor, rate and coefficients with.
  var unit: Int
  /// Whether it takes part in the current step.
  var isActive: Bool
  /// Whether its rule moves it as a whole.
  var isWhole: Bool
}
