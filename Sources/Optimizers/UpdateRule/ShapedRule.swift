internal import Tensors

/// A rule that moves tensors as a whole, because what it does to an element depends on the element's row and column.
///
/// One thread works on a tensor, in a fixed order; products of matrices are taken in fixed blocks on the worker pool. What
/// is not shaped is moved by `move`, tile by tile.
protocol ShapedRule: UpdateRule {
  /// Whether tensors of this shape are moved as a whole.
  func isShaped(_ shape: [Int]) -> Bool

  /// The shape of what a slot keeps of a tensor; nil where it keeps nothing.
  func slotShape(_ slot: String, of shape: [Int]) -> [Int]?

  /// How many numbers of memory a tensor needs while it is moved, beside its slots.
  func scratchCount(for shape: [Int]) -> Int

  /// Moves a tensor and returns Σ (x after - x before)². The state is flushed, as slots are. A generic body needs
  /// `@specialized`: without it every element is many calls.
  static func moveWhole<Scalar: TensorScalar>(_ tensor: WholeTensor<Scalar>, _ coefficients: Coefficients) -> Double
}

extension ShapedRule {
  static func moveWhole<Scalar: TensorScalar>(
    _ tensor: WholeTensor<Scalar>, coefficientsAt pointer: UnsafeRawPointer
  ) -> Double {
    moveWhole(tensor, pointer.loadUnaligned(as: Coefficients.self))
  }
}

/// A tensor as a shaped rule sees it: so many matrices, or vectors of one row, one after another.
struct WholeTensor<Scalar: TensorScalar> {
  /// What is moved, and its gradient before clipping and decay.
  let x: UnsafeMutablePointer<Scalar>
  private let rawGradient: UnsafePointer<Scalar>
  /// The number of matrices, and their extents: the last two axes of the tensor.
  let matrices, rows, columns: Int
  /// The number of axes, and the extent of the first.
  let rank, firstExtent: Int
  let count: Int
  /// Where the slots' arrays begin; meaningless for a slot that keeps nothing.
  let slot0, slot1, slot2, slot3: UnsafeMutablePointer<Scalar>
  let scratch: UnsafeMutablePointer<Scalar>
  let product: BlockedProduct<Scalar>
  let modifiers: Modifiers

  init(
    _ place: TensorPlace<Scalar>, x: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, shape: [Int],
    scratch: UnsafeMutablePointer<Scalar>, product: BlockedProduct<Scalar>, modifiers: Modifiers
  ) {
    (self.x, rawGradient, self.scratch, self.product, self.modifiers) = (x, gradient, scratch, product, modifiers)
    (slot0, slot1, slot2, slot3) = (place.slot0, place.slot1, place.slot2, place.slot3)
    rank = shape.count
    firstExtent = rank > 0 ? shape[0] : 1
    columns = rank > 0 ? shape[rank - 1] : 1
    rows = rank > 1 ? shape[rank - 2] : 1
    var matrices = 1
    for axis in 0..<max(rank - 2, 0) { matrices *= shape[axis] }
    self.matrices = matrices
    count = matrices * rows * columns
  }

  /// The learning rate.
  var rate: Scalar { Scalar(modifiers.rate) }
  /// What x is multiplied by before it moves.
  var keep: Scalar { Scalar(modifiers.keep) }

  /// The gradient of an element, clipped, turned and with the coupled decay in it.
  @inline(__always)
  func gradient(_ i: Int) -> Scalar {
    var g = rawGradient[i]
    if modifiers.isShaped {
      let bound = Scalar(modifiers.bound)
      g = max(min(g, bound), -bound) * Scalar(modifiers.prescale)
    }
    g *= Scalar(modifiers.scale)
    if modifiers.coupledDecay != 0 { g += Scalar(modifiers.coupledDecay) * x[i] }
    return g
  }
}

/// Zero where a number is below the least normal one: what is kept in slots is flushed.
@inline(__always)
func flushed<Scalar: TensorScalar>(_ value: Scalar) -> Scalar {
  value.magnitude < Scalar.leastNormalMagnitude ? 0 : value
}
