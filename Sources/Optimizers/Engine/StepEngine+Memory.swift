internal import Tensors

/// Which memory the step works on.
extension StepEngine {
  /// Notes where each tensor's slots begin, and which rule and unit it belongs to.
  func placeTensors() {
    let placeholder = UnsafeMutableRawPointer(updates).assumingMemoryBound(to: Scalar.self)
    for tensor in layout.entries.indices {
      let rule = groupScalars[groupOfTensor[tensor]].rule
      let bases = rules[rule].slots.map { slot in
        slot.layout[layout.entries[tensor].name].map { slot.storage.buffer.base + $0.offset } ?? placeholder
      }
      func base(_ slot: Int) -> UnsafeMutablePointer<Scalar> { slot < bases.count ? bases[slot] : placeholder }
      (places + tensor).initialize(
        to: TensorPlace(
          slot0: base(0), slot1: base(1), slot2: base(2), slot3: base(3), slotCount: bases.count, rule: rule,
          unit: unit(ofTensor: tensor),
          isActive: !groupScalars[groupOfTensor[tensor]].isFrozen, isWhole: whole?.tensors.contains(tensor) ?? false))
    }
  }

  /// Lets all tensors take part in the step but those that are frozen and those without a gradient.
  func leaveOut(_ absent: Set<String>) {
    guard leavesOut || !absent.isEmpty else { return }
    leavesOut = !absent.isEmpty
    for tensor in layout.entries.indices {
      places[tensor].isActive =
        !groupScalars[groupOfTensor[tensor]].isFrozen && !absent.contains(layout.entries[tensor].name)
    }
  }

  /// A slab of the engine's layout, and gradients of the same one or, with tensors absent, of one that differs in these.
  func use(slab: UnsafeMutablePointer<Scalar>, gradients set: ParameterSet<Scalar>, absent: Set<String>) {
    let slabOfGradients = UnsafePointer(set.storage.buffer.base)
    let isWhole = absent.isEmpty || set.layout == layout
    for index in layout.entries.indices {
      // Not the entry itself: to copy its name and shape would take longer than a small tile.
      let offset = layout.entries[index].offset
      parameters[index] = slab + offset
      gradients[index] = slabOfGradients + (isWhole ? offset : set.layout[layout.entries[index].name]?.offset ?? 0)
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
