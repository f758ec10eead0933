internal import CBLAS
internal import Tensors

/// Pass 2: every tile is read and written once.
///
/// Chunks come backwards, because their tail is still in the cache. The tiles of a chunk do not: many small tensors in
/// a row are then one stream from the memory.
extension StepEngine {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func move(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let tensor = Int(plan.tiles[index].tensor)
      let place = places[tensor]
      if !place.isActive || place.isWhole { updates[index] = 0 }
      guard place.isActive else {
        // What joins later has been here from the start.
        if completedSteps == 0 { rateHistory?.record(index, UnsafePointer(parameters[tensor]), nil, isFirst: true) }
        continue
      }
      let tile = tile(index)
      rateHistory?.record(
        index, UnsafePointer(parameters[tensor]), unclippedGradients[tensor], isFirst: completedSteps == 0)
      if place.isWhole { continue }
      if path != .axpy || !axpy(tile) { updates[index] = sweep(tile, index) }
    }
  }

  /// θ ← θ + a g with a = -(η · clip factor): the scheduled, clipped step as BLAS has it.
  /// - Returns: false, and nothing done, where two factors are needed because their product is not a normal number.
  private func axpy(_ tile: Tile<Scalar>) -> Bool {
    let m = tile.modifiers
    let a = -(m.rate * m.scale)
    guard m.isPlain, a == 0 || a.magnitude >= Double(Scalar.leastNormalMagnitude) else { return false }
    let (g, x) = (UnsafeRawPointer(tile.gradient), UnsafeMutableRawPointer(tile.x))
    if Scalar.self == Double.self {
      cblas_daxpy(
        Int32(tile.count), a, g.assumingMemoryBound(to: Double.self), 1, x.assumingMemoryBound(to: Double.self), 1)
    } else {
      cblas_saxpy(
        Int32(tile.count), Float(a), g.assumingMemoryBound(to: Float.self), 1, x.assumingMemoryBound(to: Float.self), 1)
    }
    return true
  }

  func tile(_ index: Int) -> Tile<Scalar> {
    let cut = plan.tiles[index]
    let tensor = Int(cut.tensor)
    let place = places[tensor]
    var tile = Tile(
      x: parameters[tensor] + cut.start, gradient: gradients[tensor] + cut.start, count: Int(cut.count),
      modifiers: modifiers[place.unit], instructionSet: settings.options.instructionSet)
    tile.measuresUpdate = measuresUpdates
    tile.slotCount = place.slotCount
    if place.slotCount > 0 { tile.slot0 = place.slot0 + cut.start }
    if place.slotCount > 1 { tile.slot1 = place.slot1 + cut.start }
    if place.slotCount > 2 { tile.slot2 = place.slot2 + cut.start }
    if place.slotCount > 3 { tile.slot3 = place.slot3 + cut.start }
    return tile
  }

  /// Moves a tile by the rule; returns Σ (x after - x before)².
  private func sweep(_ tile: Tile<Scalar>, _ index: Int) -> Double {
    let cut = plan.tiles[index]
    let tensor = Int(cut.tensor)
    let place = places[tensor]
    guard let draws else { return sweep(tile, place) }
    let scale = groupScalars[groupOfTensor[tensor]].scale
    return draws.forEachPiece(of: tile, tensor: tensor, start: cut.start, scale: scale) { sweep($0, place) }
  }

  private func sweep(_ tile: Tile<Scalar>, _ place: TensorPlace<Scalar>) -> Double {
    let (rule, coefficients) = (ruleTypes[place.rule], coefficients + place.unit * coefficientStride)
    return if Scalar.self == Double.self {
      rule.sweep(unsafeBitCast(tile, to: Tile<Double>.self), coefficientsAt: coefficients)
    } else {
      rule.sweep(unsafeBitCast(tile, to: Tile<Float>.self), coefficientsAt: coefficients)
    }
  }

  /// The size of the update, and whether it made a parameter infinite.
  ///
  /// Adding to a finite number less than half the spacing at the largest one cannot overflow, so that only a huge
  /// update makes the parameters worth another look.
  func finishMove(_ scalars: StepScalars) -> Double {
    let updateNorm = scalars.isPlain ? scalars.plainUpdateNorm : measuredUpdateNorm
    let isTrusted = scalars.isPlain && !needsRead
    if !isTrusted, !(updateNorm <= min(Scalar.harmlessUpdate, 0x1p500)) {
      overflow = firstNonFinite({ UnsafePointer(parameters[$0]) }).map {
        StepReport.Overflow(tensor: $0.tensor, flatIndex: $0.flatIndex, value: $0.value)
      }
    }
    return updateNorm
  }

  private var measuredUpdateNorm: Double {
    pairwiseSum(plan.tiles.count, blockSize: 1) { updates[$0.lowerBound] }.squareRoot()
  }

  /// The size that the update would have: every tile is moved in a copy.
  func rehearse() -> Double {
    let copies = (0...4).map { _ in TensorStorage<Scalar>(AlignedBuffer(zeros: TilePlan.capacity)) }
    for index in plan.tiles.indices {
      updates[index] = 0
      let place = places[Int(plan.tiles[index].tensor)]
      guard place.isActive, !place.isWhole else { continue }
      var tile = tile(index)
      func copied(_ pointer: UnsafeMutablePointer<Scalar>, _ copy: Int) -> UnsafeMutablePointer<Scalar> {
        let base = copies[copy].buffer.base
        base.update(from: pointer, count: tile.count)
        return base
      }
      tile.x = copied(tile.x, 0)
      if tile.slotCount > 0 { tile.slot0 = copied(tile.slot0, 1) }
      if tile.slotCount > 1 { tile.slot1 = copied(tile.slot1, 2) }
      if tile.slotCount > 2 { tile.slot2 = copied(tile.slot2, 3) }
      if tile.slotCount > 3 { tile.slot3 = copied(tile.slot3, 4) }
      updates[index] = sweep(tile, index)
    }
    rehearseWholeTensors()
    return measuredUpdateNorm
  }
}
