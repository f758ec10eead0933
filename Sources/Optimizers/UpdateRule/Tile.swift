public import Tensors

/// Some consecutive elements of one tensor, with all that a rule needs to move them: the unit of work of a step.
@frozen public struct Tile<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked for the pointers: a tile is made for one chunk of one step and does not outlive it.
  @usableFromInline package var x: UnsafeMutablePointer<Scalar>
  @usableFromInline package var gradient: UnsafePointer<Scalar>
  // Slots that a rule does not have point to the first one and are not read.
  @usableFromInline package var slot0, slot1, slot2, slot3: UnsafeMutablePointer<Scalar>
  @usableFromInline package var slotCount: Int
  @usableFromInline package var count: Int
  @usableFromInline package var modifiers: Modifiers
  /// A learning rate per element, or nil where one serves all.
  @usableFromInline package var elementRates: UnsafePointer<Scalar>?
  @usableFromInline package var instructionSet: InstructionSet
  /// Whether Σ (x after - x before)² is asked for; it is not where all steps are plain and it follows from the norm.
  @usableFromInline package var measuresUpdate = true

  @usableFromInline
  package init(
    x: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, count: Int, modifiers: Modifiers,
    instructionSet: InstructionSet
  ) {
    (self.x, self.gradient, self.count, self.modifiers) = (x, gradient, count, modifiers)
    (slot0, slot1, slot2, slot3, slotCount) = (x, x, x, x, 0)
    (elementRates, self.instructionSet) = (nil, instructionSet)
  }
}

/// What clipping, weight decay and the schedule make of every element of a tile, the same for all rules:
/// the gradient becomes `clamp(g, ±bound) · prescale · scale + coupledDecay · x`, and x is multiplied by
/// `1 - rate · decoupledDecay - independentDecay` before it moves.
@frozen public struct Modifiers: BitwiseCopyable, Sendable {
  @usableFromInline package var scale = 1.0
  @usableFromInline package var prescale = 1.0
  @usableFromInline package var bound = Double.infinity
  @usableFromInline package var coupledDecay = 0.0
  @usableFromInline package var decoupledDecay = 0.0
  @usableFromInline package var independentDecay = 0.0
  @usableFromInline package var rate = 0.0

  @inlinable package init() {}

  /// What x is multiplied by before it moves.
  @inlinable package var keep: Double { 1 - rate * decoupledDecay - independentDecay }
  /// Whether the gradient is clamped or scaled twice.
  @inlinable package var isShaped: Bool { bound < .infinity || prescale != 1 }
  /// Whether a step is x - rate · (scale · g) and nothing else.
  @inlinable package var isPlain: Bool { !isShaped && coupledDecay == 0 && keep == 1 }
}
