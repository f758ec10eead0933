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
      let tile = tile(index)
      if let rateHistory {
        let tensor = Int(plan.tiles[index].tensor)
        rateHistory.record(
          index, UnsafePointer(parameters[tensor]), gradients[tensor], isFirst: completedSteps == 0)
      }
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
    let place = plan.tiles[index]
    let tensor = Int(place.tensor)
    var tile = Tile(
      x: parameters[tensor] + place.start, gradient: gradients[tensor] + place.start, count: Int(place.count),
      modifiers: modifiers[unit(ofTensor: tensor)], instructionSet: settings.options.instructionSet)
    let offset = layout.entries[tensor].offset + place.start
    tile.measuresUpdate = measuresUpdates
    tile.slotCount = slots.count
    if slots.count > 0 { tile.slot0 = slots[0].buffer.base + offset }
    if slots.count > 1 { tile.slot1 = slots[1].buffer.base + offset }
    if slots.count > 2 { tile.slot2 = slots[2].buffer.base + offset }
    if slots.count > 3 { tile.slot3 = slots[3].buffer.base + offset }
    return tile
  }

  /// Moves a tile by the rule; returns Σ (x after - x before)².
  private func sweep(_ tile: Tile<Scalar>, _ index: Int) -> Double {
    let place = plan.tiles[index]
    let tensor = Int(place.tensor)
    let coefficients = coefficients + unit(ofTensor: tensor) * coefficientStride
    guard let draws else { return sweep(tile, coefficients: coefficients) }
    let scale = groups[groupOfTensor[tensor]].learningRateScale
    return draws.forEachPiece(of: tile, tensor: tensor, start: place.start, scale: scale) {
      sweep($0, coefficients: coefficients)
    }
  }

  private func sweep(_ tile: Tile<Scalar>, coefficients: UnsafeRawPointer) -> Double {
    let rule = type(of: settings.rule)
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
    let copies = (0...slots.count).map { _ in TensorStorage<Scalar>(AlignedBuffer(zeros: TilePlan.capacity)) }
    for index in plan.tiles.indices {
      var tile = tile(index)
      func copied(_ pointer: UnsafeMutablePointer<Scalar>, _ copy: Int) -> UnsafeMutablePointer<Scalar> {
        let base = copies[copy].buffer.base
        base.update(from: pointer, count: tile.count)
        return base
      }
      tile.x = copied(tile.x, 0)
      if slots.count > 0 { tile.slot0 = copied(tile.slot0, 1) }
      if slots.count > 1 { tile.slot1 = copied(tile.slot1, 2) }
      if slots.count > 2 { tile.slot2 = copied(tile.slot2, 3) }
      if slots.count > 3 { tile.slot3 = copied(tile.slot3, 4) }
      updates[index] = sweep(tile, index)
    }
    return measuredUpdateNorm
  }
}
