public import Tensors

extension UpdateRule {
  /// Moves one tile register by register: the reference for every kernel, which must give the same bits.
  ///
  /// Sums have sixteen lanes, as in the kernels: two registers make a row. The last, partial row is moved in a copy that
  /// is padded with zeros.
  @inlinable @inline(__always)
  static func sweepBody<L: Lanes>(
    _ tile: Tile<L.Scalar>, _ coefficients: Coefficients, _ lanes: L.Type
  ) -> Double {
    let row = 2 * L.count
    let whole = tile.count / row * row
    var size = UpdateSize()
    if tile.isPlain {
      sweepRows(tile, whole, coefficients, isPlain: true, adding: &size, lanes)
    } else {
      sweepRows(tile, whole, coefficients, isPlain: false, adding: &size, lanes)
    }
    if whole < tile.count {
      tile.withPaddedTail(from: whole, row: row) { tail in
        let first = moveRegister(tail, at: 0, coefficients, isPlain: false, lanes)
        let second = moveRegister(tail, at: L.count, coefficients, isPlain: false, lanes)
        size.low = L.addingSquaredDifference(size.low, first.after, first.before)
        size.high = L.addingSquaredDifference(size.high, second.after, second.before)
      }
    }
    return sumOfLanes(size.low + size.high)
  }

  /// Moves whole rows, in blocks of eight.
  ///
  /// The squares of a block's differences are summed in the precision of the elements, and what that cannot hold once
  /// more in double, so that no difference is too small or too large to be seen.
  @inlinable @inline(__always)
  static func sweepRows<L: Lanes>(
    _ tile: Tile<L.Scalar>, _ count: Int, _ coefficients: Coefficients, isPlain: Bool, adding size: inout UpdateSize,
    _ lanes: L.Type
  ) {
    let (row, limit) = (2 * L.count, 8)
    var (i, low, high) = (0, size.low, size.high)
    withUnsafeTemporaryAllocation(of: L.self, capacity: 2 * limit) { before in
      while i < count {
        let (start, rows) = (i, min(limit, (count - i) / row))
        var (lowSquares, highSquares, lowBits, highBits) = (L(0), L(0), L(0), L(0))
        for r in 0..<rows {
          let first = moveRegister(tile, at: i, coefficients, isPlain: isPlain, lanes)
          let second = moveRegister(tile, at: i + L.count, coefficients, isPlain: isPlain, lanes)
          let (d, e) = (first.after - first.before, second.after - second.before)
          (lowSquares, highSquares) = (lowSquares + d * d, highSquares + e * e)
          (lowBits, highBits) = (L.joiningBits(lowBits, d), L.joiningBits(highBits, e))
          (before[2 * r], before[2 * r + 1]) = (first.before, second.before)
          i += row
        }
        if L.keepsSquares(lowSquares, of: lowBits) && L.keepsSquares(highSquares, of: highBits) {
          (low, high) = (L.adding(low, lowSquares), L.adding(high, highSquares))
          continue
        }
        for r in 0..<rows {
          let after = UnsafePointer(tile.x + start + r * row)
          low = L.addingSquaredDifference(low, L(loading: after), before[2 * r])
          high = L.addingSquaredDifference(high, L(loading: after + L.count), before[2 * r + 1])
        }
      }
    }
    size = UpdateSize(low: low, high: high)
  }

  @inlinable @inline(__always)
  static func moveRegister<L: Lanes>(
    _ tile: Tile<L.Scalar>, at i: Int, _ coefficients: Coefficients, isPlain: Bool, _ lanes: L.Type
  ) -> (before: L, after: L) {
    let (before, g, rate, loaded) = tile.registers(at: i, isPlain: isPlain, lanes)
    var (x, state) = (before, loaded)
    if !isPlain {
      if tile.elementRates == nil {
        x *= L(tile.modifiers.keep)
      } else {
        x *= L(1) - rate * L(tile.modifiers.decoupledDecay) - L(tile.modifiers.independentDecay)
      }
    }
    move(&x, along: g, rate: rate, state: &state, coefficients)
    x.store(to: tile.x + i)
    if tile.slotCount > 0 { state.slot0.store(to: tile.slot0 + i) }
    if tile.slotCount > 1 { state.slot1.store(to: tile.slot1 + i) }
    if tile.slotCount > 2 { state.slot2.store(to: tile.slot2 + i) }
    if tile.slotCount > 3 { state.slot3.store(to: tile.slot3 + i) }
    return (before, x)
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
    let (x, g, rate, state) = tile.registers(at: i, isPlain: false, L.self)
    measure(x, along: g, rate: rate, state: state, coefficients, into: &sums)
  }
}

/// Σ (after - before)² of a tile under way, in sixteen lanes.
@usableFromInline struct UpdateSize {
  @usableFromInline var low = SIMD8<Double>.zero
  @usableFromInline var high = SIMD8<Double>.zero

  @inlinable init(low: SIMD8<Double> = .zero, high: SIMD8<Double> = .zero) { (self.low, self.high) = (low, high) }
}

extension Tile {
  /// Whether there is one rate, no decay, and nothing but a factor between the gradient and what the rule sees.
  @inlinable var isPlain: Bool { elementRates == nil && modifiers.isPlain }

  /// One register of parameters, of their modified gradient, of rates and of every slot. `isPlain` leaves out what
  /// changes no bit of a plain tile.
  @inlinable @inline(__always)
  func registers<L: Lanes>(
    at i: Int, isPlain: Bool, _ lanes: L.Type
  ) -> (x: L, gradient: L, rate: L, state: Slots<L>) where L.Scalar == Scalar {
    let x = L(loading: UnsafePointer(self.x + i))
    var (g, rate) = (L(loading: gradient + i), L(modifiers.rate))
    if !isPlain, modifiers.isShaped {
      let bound = L(modifiers.bound)
      g = L.select(where: bound, isLessThan: g, bound, else: g)
      g = L.select(where: g, isLessThan: -bound, -bound, else: g)
      g *= L(modifiers.prescale)
    }
    g *= L(modifiers.scale)
    if !isPlain {
      if modifiers.coupledDecay != 0 { g += L(modifiers.coupledDecay) * x }
      if let elementRates { rate = L(loading: elementRates + i) }
    }
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
