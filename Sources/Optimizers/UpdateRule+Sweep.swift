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
      tile.withPaddedTail(from: i, row: row) { tail in
        low = moveRegister(tail, at: 0, coefficients, adding: low, lanes)
        high = moveRegister(tail, at: L.count, coefficients, adding: high, lanes)
      }
    }
    return sumOfLanes(low + high)
  }

  @inlinable @inline(__always)
  static func moveRegister<L: Lanes>(
    _ tile: Tile<L.Scalar>, at i: Int, _ coefficients: Coefficients, adding total: SIMD8<Double>, _ lanes: L.Type
  ) -> SIMD8<Double> {
    let (before, g, rate, loaded) = tile.registers(at: i, lanes)
    var (x, state) = (before, loaded)
    if tile.elementRates == nil {
      x *= L(tile.modifiers.keep)
    } else {
      x *= L(1) - rate * L(tile.modifiers.decoupledDecay) - L(tile.modifiers.independentDecay)
    }
    move(&x, along: g, rate: rate, state: &state, coefficients)
    x.store(to: tile.x + i)
    if tile.slotCount > 0 { state.slot0.store(to: tile.slot0 + i) }
    if tile.slotCount > 1 { state.slot1.store(to: tile.slot1 + i) }
    if tile.slotCount > 2 { state.slot2.store(to: tile.slot2 + i) }
    if tile.slotCount > 3 { state.slot3.store(to: tile.slot3 + i) }
    return L.addingSquaredDifference(total, x, before)
  }

  /// The sums of one tile, in the same lanes.
  @inlinable @inline(__always)
  static func measureBody<L: Lanes>(
    _ tile: Tile<L.Scalar>, _ coefficients: Coefficients, _ lanes: L.Type
  ) -> MeasuredSums {
    let row = 2 * L.count
    var (low, high) = (MeasuredLanes<L>(), MeasuredLanes<L>())
    var i = 0
    while i + row <= tile.count {
      measureRegister(tile, at: i, coefficients, into: &low)
      measureRegister(tile, at: i + L.count, coefficients, into: &high)
      i += row
    }
    if i < tile.count {
      tile.withPaddedTail(from: i, row: row, writesBack: false) { tail in
        measureRegister(tail, at: 0, coefficients, into: &low)
        measureRegister(tail, at: L.count, coefficients, into: &high)
      }
    }
    return low.combined(with: high)
  }

  @inlinable @inline(__always)
  static func measureRegister<L: Lanes>(
    _ tile: Tile<L.Scalar>, at i: Int, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    let (x, g, rate, state) = tile.registers(at: i, L.self)
    measure(x, along: g, rate: rate, state: state, coefficients, into: &sums)
  }
}

extension Tile {
  /// One register of parameters, of their modified gradient, of rates and of every slot.
  @inlinable @inline(__always)
  func registers<L: Lanes>(
    at i: Int, _ lanes: L.Type
  ) -> (x: L, gradient: L, rate: L, state: Slots<L>) where L.Scalar == Scalar {
    let x = L(loading: UnsafePointer(self.x + i))
    var g = L(loading: gradient + i)
    if modifiers.isShaped {
      let bound = L(modifiers.bound)
      g = L.select(where: bound, isLessThan: g, bound, else: g)
      g = L.select(where: g, isLessThan: -bound, -bound, else: g)
      g *= L(modifiers.prescale)
    }
    g *= L(modifiers.scale)
    if modifiers.coupledDecay != 0 { g += L(modifiers.coupledDecay) * x }
    let rate = elementRates.map { L(loading: $0 + i) } ?? L(modifiers.rate)
    var state = Slots<L>()
    if slotCount > 0 { state.slot0 = L(loading: UnsafePointer(slot0 + i)) }
    if slotCount > 1 { state.slot1 = L(loading: UnsafePointer(slot1 + i)) }
    if slotCount > 2 { state.slot2 = L(loading: UnsafePointer(slot2 + i)) }
    if slotCount > 3 { state.slot3 = L(loading: UnsafePointer(slot3 + i)) }
    return (x, g, rate, state)
  }

  /// Calls `body` with the tile's last elements, from `first` on, in a copy that is padded with zeros to a row, and
  /// takes over what became of them if it is to.
  @inlinable @inline(__always)
  func withPaddedTail(from first: Int, row: Int, writesBack: Bool = true, _ body: (Tile) -> Void) {
    let rest = count - first
    // Seven rows of at most 128 bytes: few enough to be on the stack.
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 7 * row) { copy in
      copy.initialize(repeating: 0)
      let base = copy.baseAddress!
      var tail = Tile(
        x: base, gradient: UnsafePointer(base + row), count: row, modifiers: modifiers, instructionSet: instructionSet)
      base.update(from: x + first, count: rest)
      (base + row).update(from: gradient + first, count: rest)
      if let elementRates {
        (base + 2 * row).update(from: elementRates + first, count: rest)
        tail.elementRates = UnsafePointer(base + 2 * row)
      }
      tail.slotCount = slotCount
      (tail.slot0, tail.slot1) = (base + 3 * row, base + 4 * row)
      (tail.slot2, tail.slot3) = (base + 5 * row, base + 6 * row)
      if slotCount > 0 { tail.slot0.update(from: slot0 + first, count: rest) }
      if slotCount > 1 { tail.slot1.update(from: slot1 + first, count: rest) }
      if slotCount > 2 { tail.slot2.update(from: slot2 + first, count: rest) }
      if slotCount > 3 { tail.slot3.update(from: slot3 + first, count: rest) }
      body(tail)
      guard writesBack else { return }
      (x + first).update(from: tail.x, count: rest)
      if slotCount > 0 { (slot0 + first).update(from: tail.slot0, count: rest) }
      if slotCount > 1 { (slot1 + first).update(from: tail.slot1, count: rest) }
      if slotCount > 2 { (slot2 + first).update(from: tail.slot2, count: rest) }
      if slotCount > 3 { (slot3 + first).update(from: tail.slot3, count: rest) }
    }
  }
}
