internal import Tensors

/// Which memory the step works on.
extension StepEngine {
  /// Slabs of the engine's layout.
  func use(slab: UnsafeMutablePointer<Scalar>, gradients slabOfGradients: UnsafePointer<Scalar>) {
    for (index, entry) in layout.entries.enumerated() {
      parameters[index] = slab + entry.offset
      gradients[index] = slabOfGradients + entry.offset
    }
  }

  /// Memory of the caller's own for one tensor; no address where it has no elements.
  func use(_ x: UnsafeMutablePointer<Scalar>?, gradient g: UnsafePointer<Scalar>?, for tensor: Int) {
    let placeholder = UnsafeMutableRawPointer(updates).assumingMemoryBound(to: Scalar.self)
    parameters[tensor] = x ?? placeholder
    gradients[tensor] = g ?? UnsafePointer(placeholder)
  }

  /// Whether the memory is what `rememberSeparate` saw.
  var isKnownSeparate: Bool {
    guard let separate else { return false }
    for tensor in layout.entries.indices
    where separate[2 * tensor] != UnsafePointer(parameters[tensor]) || separate[2 * tensor + 1] != gradients[tensor] {
      return false
    }
    return true
  }

  /// Notes that the memory of the current step does not overlap.
  func rememberSeparate() {
    let memory =
      separate ?? UnsafeMutablePointer<UnsafePointer<Scalar>>.allocate(capacity: max(1, 2 * layout.entries.count))
    for tensor in layout.entries.indices {
      (memory + 2 * tensor).initialize(to: UnsafePointer(parameters[tensor]))
      (memory + 2 * tensor + 1).initialize(to: gradients[tensor])
    }
    separate = memory
  }
}
