internal import Tensors

/// What controllers keep of earlier steps, and the inner products with it.
final class RateHistory<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked, as the engine that owns it: chunks write elements of their own.
  /// The parameters of the first step.
  let origin: TensorStorage<Scalar>?
  /// The parameters of the step before.
  let previousParameters: TensorStorage<Scalar>?
  /// The gradient of the step before.
  let previousGradient: TensorStorage<Scalar>?

  private let layout: Layout
  private let plan: TilePlan
  private let distance: TileProducts<Scalar>?
  private let gradients: TileProducts<Scalar>?
  private let secants: (parameters: TileProducts<Scalar>, mixed: TileProducts<Scalar>, gradients: TileProducts<Scalar>)?

  /// nil where the controllers need none.
  init?(_ needs: RateNeeds, layout: Layout, plan: TilePlan, instructionSet: InstructionSet) {
    guard !needs.isDisjoint(with: [.distance, .gradientProduct, .secants]) else { return nil }
    (self.layout, self.plan) = (layout, plan)
    func array(_ isNeeded: Bool) -> TensorStorage<Scalar>? {
      isNeeded ? TensorStorage(AlignedBuffer(zeros: layout.slabCount)) : nil
    }
    func product() -> TileProducts<Scalar> { TileProducts(plan, instructionSet: instructionSet) }
    origin = array(needs.contains(.distance))
    previousParameters = array(needs.contains(.secants))
    previousGradient = array(!needs.isDisjoint(with: [.gradientProduct, .secants]))
    distance = needs.contains(.distance) ? product() : nil
    gradients = needs.contains(.gradientProduct) ? product() : nil
    secants = needs.contains(.secants) ? (product(), product(), product()) : nil
  }

  /// The arrays by the name that a checkpoint gives them.
  var arrays: [(name: String, storage: TensorStorage<Scalar>)] {
    [
      ("rate/origin", origin), ("rate/previousParameters", previousParameters),
      ("rate/previousGradient", previousGradient),
    ]
    .compactMap { name, storage in storage.map { (name, $0) } }
  }

  /// Reads one tile of a tensor whose parameters and gradient begin at these places.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func read(_ index: Int, _ x: UnsafePointer<Scalar>, _ g: UnsafePointer<Scalar>) {
    let offset = layout.entries[Int(plan.tiles[index].tensor)].offset
    func begin(_ storage: TensorStorage<Scalar>?) -> UnsafePointer<Scalar>? {
      storage.map { UnsafePointer($0.buffer.base + offset) }
    }
    if let distance {
      let moved = TileProducts.Vector(x, minus: begin(origin))
      distance.read(index, moved, moved)
    }
    if let gradients, let previous = begin(previousGradient) {
      gradients.read(index, TileProducts.Vector(g), TileProducts.Vector(previous))
    }
    if let secants {
      let s = TileProducts.Vector(x, minus: begin(previousParameters))
      let y = TileProducts.Vector(g, minus: begin(previousGradient))
      secants.parameters.read(index, s, s)
      secants.mixed.read(index, s, y)
      secants.gradients.read(index, y, y)
    }
  }

  /// Leaves one tile out.
  func skip(_ index: Int) {
    distance?.skip(index)
    gradients?.skip(index)
    secants?.parameters.skip(index)
    secants?.mixed.skip(index)
    secants?.gradients.skip(index)
  }

  /// Combines what was read.
  func combine(into step: inout RateStep) throws(StepError) {
    let all = [distance, gradients, secants?.parameters, secants?.mixed, secants?.gradients]
    for case let product? in all {
      product.combine()
      guard product.total.isFinite else { throw .productsOverflowed(step: step.completedSteps + 1) }
    }
    if let distance { step.distance = distance.total.squareRoot }
    if let gradients { step.gradientProduct = gradients.total }
    if let secants {
      step.secants = RateStep.Secants(
        parameters: secants.parameters.total, mixed: secants.mixed.total, gradients: secants.gradients.total)
    }
  }

  /// Keeps one tile as it is before the move; without a gradient, only where it begins.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func record(_ index: Int, _ x: UnsafePointer<Scalar>, _ g: UnsafePointer<Scalar>?, isFirst: Bool) {
    let tile = plan.tiles[index]
    let place = layout.entries[Int(tile.tensor)].offset + tile.start
    if isFirst, let origin { (origin.buffer.base + place).update(from: x + tile.start, count: Int(tile.count)) }
    if let previousParameters {
      (previousParameters.buffer.base + place).update(from: x + tile.start, count: Int(tile.count))
    }
    if let previousGradient, let g {
      (previousGradient.buffer.base + place).update(from: g + tile.start, count: Int(tile.count))
    }
  }
}
