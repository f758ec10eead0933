public import Tensors

extension UpdateRule {
  /// Moves one tile register by register: the reference for every kernel, which must give the same bits.
  ///
  /// Sums have sixteen lanes, as in the kernels: two registers make a row. The last, partial row is moved in a copy
  /// that is padded with zeros.
  @inlinable @inline(__always)
  static func sweepBody<L: Lanes>(
    _ tile: Tile<L.Scalar>, _ coefficients: Coefficients, _ lanes: L.Type
  ) -> Double {
    let row = 2 * L.count
    var low = SIMD8<Double>.zero
    var high = SIMD8<Double>.zero
    var i = 0
    while i + row <= tile.count {
      low = moveRegister(tile, at: i, coefficients, adding: low, lanes)
      high = moveRegister(tile, at: i + L.count, coefficients, adding: high, lanes)
      i += row
    }
    if i < tile.count {
      let rest = tile.count - i
      var x = SIMD16<L.Scalar>.zero
      var (gradient, rates) = (x, x)
      var (slot0, slot1, slot2, slot3) = (x, x, x, x)
      withUnsafeMutablePointer(to: &x) { x in
        withUnsafeMutablePointer(to: &gradient) { gradient in
          withUnsafeMutablePointer(to: &rates) { rates in
            withUnsafeMutablePointer(to: &slot0) { slot0 in
              withUnsafeMutablePointer(to: &slot1) { slot1 in
                withUnsafeMutablePointer(to: &slot2) { slot2 in
                  withUnsafeMutablePointer(to: &slot3) { slot3 in
                    func scalars(_ p: UnsafeMutablePointer<SIMD16<L.Scalar>>) -> UnsafeMutablePointer<L.Scalar> {
                      UnsafeMutableRawPointer(p).assumingMemoryBound(to: L.Scalar.self)
                    }
                    var padded = Tile(
                      x: scalars(x), gradient: UnsafePointer(scalars(gradient)), count: row,
                      modifiers: tile.modifiers, instructionSet: tile.instructionSet)
                    padded.slotCount = tile.slotCount
                    (padded.slot0, padded.slot1) = (scalars(slot0), scalars(slot1))
                    (padded.slot2, padded.slot3) = (scalars(slot2), scalars(slot3))
                    padded.x.update(from: tile.x + i, count: rest)
                    scalars(gradient).update(from: tile.gradient + i, count: rest)
                    if let elementRates = tile.elementRates {
                      scalars(rates).update(from: elementRates + i, count: rest)
                      padded.elementRates = UnsafePointer(scalars(rates))
                    }
                    if tile.slotCount > 0 { padded.slot0.update(from: tile.slot0 + i, count: rest) }
                    if tile.slotCount > 1 { padded.slot1.update(from: tile.slot1 + i, count: rest) }
                    if tile.slotCount > 2 { padded.slot2.update(from: tile.slot2 + i, count: rest) }
                    if tile.slotCount > 3 { padded.slot3.update(from: tile.slot3 + i, count: rest) }
                    low = moveRegister(padded, at: 0, coefficients, adding: low, lanes)
                    high = moveRegister(padded, at: L.count, coefficients, adding: high, lanes)
                    (tile.x + i).update(from: padded.x, count: rest)
                    if tile.slotCount > 0 { (tile.slot0 + i).update(from: padded.slot0, count: rest) }
                    if tile.slotCount > 1 { (tile.slot1 + i).update(from: padded.slot1, count: rest) }
                    if tile.slotCount > 2 { (tile.slot2 + i).update(from: padded.slot2, count: rest) }
                    if tile.slotCount > 3 { (tile.slot3 + i).update(from: padded.slot3, count: rest) }
                  }
                }
              }
            }
          }
        }
      }
    }
    let eight = low + high
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  @inlinable @inline(__always)
  static func moveRegister<L: Lanes>(
    _ tile: Tile<L.Scalar>, at i: Int, _ coefficients: Coefficients, adding total: SIMD8<Double>, _ lanes: L.Type
  ) -> SIMD8<Double> {
    let modifiers = tile.modifiers
    let before = L(loading: UnsafePointer(tile.x + i))
    var g = L(loading: tile.gradient + i)
    if modifiers.isShaped {
      let bound = L(modifiers.bound)
      g = L.select(where: bound, isLessThan: g, bound, else: g)
      g = L.select(where: g, isLessThan: -bound, -bound, else: g)
      g *= L(modifiers.prescale)
    }
    g *= L(modifiers.scale)
    if modifiers.coupledDecay != 0 { g += L(modifiers.coupledDecay) * before }
    var x = before
    let rate: L
    if let elementRates = tile.elementRates {
      rate = L(loading: elementRates + i)
      if modifiers.decoupledDecay != 0 { x *= L(1) - rate * L(modifiers.decoupledDecay) }
    } else {
      rate = L(modifiers.rate)
      x *= L(modifiers.keep)
    }
    var state = Slots<L>()
    if tile.slotCount > 0 { state.slot0 = L(loading: UnsafePointer(tile.slot0 + i)) }
    if tile.slotCount > 1 { state.slot1 = L(loading: UnsafePointer(tile.slot1 + i)) }
    if tile.slotCount > 2 { state.slot2 = L(loading: UnsafePointer(tile.slot2 + i)) }
    if tile.slotCount > 3 { state.slot3 = L(loading: UnsafePointer(tile.slot3 + i)) }
    move(&x, along: g, rate: rate, state: &state, coefficients)
    x.store(to: tile.x + i)
    if tile.slotCount > 0 { state.slot0.store(to: tile.slot0 + i) }
    if tile.slotCount > 1 { state.slot1.store(to: tile.slot1 + i) }
    if tile.slotCount > 2 { state.slot2.store(to: tile.slot2 + i) }
    if tile.slotCount > 3 { state.slot3.store(to: tile.slot3 + i) }
    return L.addingSquaredDifference(total, x, before)
  }
}
