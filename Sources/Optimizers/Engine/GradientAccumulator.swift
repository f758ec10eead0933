internal import Tensors

/// The sum of several gradients that make one step.
///
/// Each gradient makes a new sum beside the old one, which becomes the sum only when all of it was finite: so a gradient that
/// is refused leaves no trace. The last sum is divided by the number of gradients while it is made.
final class GradientAccumulator<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked, as the engine that owns it: chunks write elements of their own.
  /// How many gradients make one step.
  let count: Int
  private let layout: Layout
  /// The sum so far, and where the next one is made.
  private(set) var sum: TensorStorage<Scalar>
  private(set) var next: TensorStorage<Scalar>
  /// How many gradients are in the sum.
  var gathered = 0
  /// Which tensors had a gradient among them.
  var hasGradient: [Bool]

  init(count: Int, layout: Layout) {
    (self.count, self.layout) = (count, layout)
    sum = TensorStorage(AlignedBuffer(zeros: layout.slabCount))
    next = TensorStorage(AlignedBuffer(zeros: layout.slabCount))
    hasGradient = Array(repeating: false, count: layout.entries.count)
  }

  /// Whether the next gradient completes the step.
  var isLast: Bool { gathered + 1 == count }

  /// Where the next sum of a tensor begins.
  func nextBase(of tensor: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(next.buffer.base + layout.entries[tensor].offset)
  }

  /// Adds some elements of a tensor's gradient, or none where it has no gradient, to the sum in the next one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func add(_ gradient: UnsafePointer<Scalar>?, tensor: Int, start: Int, elements: Int) {
    let place = layout.entries[tensor].offset + start
    let (old, new) = (sum.buffer.base + place, next.buffer.base + place)
    let share = isLast ? 1 / Scalar(count) : 1
    // The first gradient is the sum: what was in it before is not read.
    switch (gradient, gathered > 0) {
    case (let gradient?, true): for i in 0..<elements { new[i] = (old[i] + gradient[start + i]) * share }
    case (let gradient?, false): for i in 0..<elements { new[i] = gradient[start + i] * share }
    case (nil, true): for i in 0..<elements { new[i] = old[i] * share }
    case (nil, false): new.update(repeating: 0, count: elements)
    }
  }

  /// Makes the next sum the sum.
  func commit(_ isActive: (Int) -> Bool) {
    swap(&sum, &next)
    gathered += 1
    for tensor in hasGradient.indices where isActive(tensor) { hasGradient[tensor] = true }
  }

  /// Forgets everything: the step has been taken.
  func reset() {
    gathered = 0
    for tensor in hasGradient.indices { hasGradient[tensor] = false }
  }

  func copy(_ other: GradientAccumulator) {
    (gathered, hasGradient) = (other.gathered, other.hasGradient)
    sum.buffer.base.update(from: other.sum.buffer.base, count: layout.slabCount)
  }
}
