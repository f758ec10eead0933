internal import Tensors

/// Tensors that a shaped rule moves as a whole, one after another.
extension StepEngine {
  /// Moves every shaped tensor that takes part; their tiles count for nothing in the size of the update.
  func moveWholeTensors() {
    guard let whole else { return }
    for tensor in whole.tensors where places[tensor].isActive {
      updates[plan.tensors[tensor].lowerBound] = move(tensor, x: parameters[tensor], whole)
    }
  }

  /// What they would move by. The state is changed: a rehearsal has an engine of its own.
  func rehearseWholeTensors() {
    guard let whole else { return }
    for tensor in whole.tensors where places[tensor].isActive {
      let count = layout.entries[tensor].count
      let copy = TensorStorage<Scalar>(AlignedBuffer(copying: UnsafePointer(parameters[tensor]), count: count))
      updates[plan.tensors[tensor].lowerBound] = move(tensor, x: copy.buffer.base, whole)
    }
  }

  private func move(_ tensor: Int, x: UnsafeMutablePointer<Scalar>, _ whole: WholeTensors<Scalar>) -> Double {
    let place = places[tensor]
    let view = WholeTensor(
      place, x: x, gradient: gradients[tensor], shape: layout.entries[tensor].shape, scratch: whole.scratch.buffer.base,
      product: whole.product, modifiers: modifiers[place.unit])
    let coefficients = coefficients + place.unit * coefficientStride
    guard let rule = ruleTypes[place.rule] as? any ShapedRule.Type else { return 0 }
    return rule.moveWhole(view, coefficientsAt: coefficients)
  }
}

/// What shaped rules need beside the engine's tables.
struct WholeTensors<Scalar: TensorScalar> {
  /// The tensors that are moved as a whole.
  let tensors: [Int]
  let scratch: TensorStorage<Scalar>
  let product: BlockedProduct<Scalar>

  /// nil where no tensor is.
  init?(_ rules: [RuleRun<Scalar>], layout: Layout, threads: Int?) {
    var (tensors, scratchCount) = ([Int](), 0)
    for run in rules {
      guard let rule = run.rule as? any ShapedRule else { continue }
      for tensor in run.tensors {
        let entry = layout.entries[tensor]
        guard entry.count > 0, rule.isShaped(entry.shape) else { continue }
        tensors.append(tensor)
        scratchCount = max(scratchCount, rule.scratchCount(for: entry.shape))
      }
    }
    guard !tensors.isEmpty else { return nil }
    self.tensors = tensors
    scratch = TensorStorage(AlignedBuffer(zeros: scratchCount))
    product = BlockedProduct(threads: threads)
  }
}
