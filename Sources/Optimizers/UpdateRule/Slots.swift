public import Tensors

/// The state of one register of elements: a register per slot, in the order of the rule's `slots`.
@frozen public struct Slots<L: Lanes>: BitwiseCopyable, Sendable {
  @usableFromInline var slot0, slot1, slot2, slot3: L

  @inlinable @inline(__always) init() { (slot0, slot1, slot2, slot3) = (L(0), L(0), L(0), L(0)) }

  /// The register of a slot. What is stored is flushed: below the least normal number it becomes zero.
  @inlinable public subscript(slot: Int) -> L {
    @inline(__always) get {
      switch slot {
      case 0: slot0
      case 1: slot1
      case 2: slot2
      default: slot3
      }
    }
    @inline(__always) set {
      let value = L.flushed(newValue)
      switch slot {
      case 0: slot0 = value
      case 1: slot1 = value
      case 2: slot2 = value
      default: slot3 = value
      }
    }
  }
}
