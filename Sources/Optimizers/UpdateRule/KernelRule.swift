internal import CKernels
internal import Tensors

/// A rule whose tiles are moved, and measured if it needs that, by kernels in C, with the bits of `move` and `measure`. Its
/// coefficients are the C structure that both read.
protocol KernelRule: UpdateRule {
  /// The kernels.
  static var kernel: descent_rule { get }
}

extension KernelRule {
  /// Yes.
  public static var hasKernel: Bool { true }
  /// Moves one tile by the kernel.
  public static func sweep(_ tile: Tile<Float>, _ c: Coefficients) -> Double {
    tile.elementRates == nil ? tile.move(by: kernel, c) : sweepBody(tile, c, FloatLanes.self)
  }
  /// Moves one tile by the kernel.
  public static func sweep(_ tile: Tile<Double>, _ c: Coefficients) -> Double {
    tile.elementRates == nil ? tile.move(by: kernel, c) : sweepBody(tile, c, DoubleLanes.self)
  }
  /// The sums of one tile, by the kernel.
  public static func measure(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> MeasuredSums {
    tile.measure(by: kernel, coefficientsAt: pointer)
  }
  /// The sums of one tile, by the kernel.
  public static func measure(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> MeasuredSums {
    tile.measure(by: kernel, coefficientsAt: pointer)
  }
}

extension Tile {
  /// Moves the tile by the kernel of a rule; returns Σ (x after - x before)².
  func move(by rule: descent_rule, _ coefficients: some BitwiseCopyable) -> Double {
    let kernel = descent_move_for(rule, Int32(slotCount), MemoryLayout<Scalar>.size, instructionSet.code)!
    return withKernelArguments { slots, modifiers in
      withUnsafePointer(to: coefficients) { kernel(x, slots, gradient, count, modifiers, $0) }
    }
  }

  /// What the kernel of a rule sums of the tile.
  func measure(by rule: descent_rule, coefficientsAt coefficients: UnsafeRawPointer) -> MeasuredSums {
    assert(elementRates == nil, "a measure takes one rate")
    let kernel = descent_rule_kernels_for(rule, MemoryLayout<Scalar>.size, instructionSet.code).pointee.measure!
    return withKernelArguments { slots, modifiers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { sums in
        kernel(x, slots, gradient, count, modifiers, coefficients, sums.baseAddress)
        return MeasuredSums(SIMD4(sums[0], sums[1], 0, 0))
      }
    }
  }

  /// Calls `body` with the slots and the modifiers as kernels take them.
  @inline(__always)
  private func withKernelArguments<Result>(
    _ body: (UnsafePointer<UnsafeMutableRawPointer?>, UnsafePointer<descent_modifiers>) -> Result
  ) -> Result {
    let m = modifiers
    let modifiers = descent_modifiers(
      scale: m.scale, prescale: m.prescale, bound: m.bound, coupled_decay: m.coupledDecay, keep: m.keep, rate: m.rate,
      shaped: m.isShaped, coupled: m.coupledDecay != 0, measured: measuresUpdate)
    return withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 4) { slots in
      slots.initializeElement(at: 0, to: slot0)
      slots.initializeElement(at: 1, to: slot1)
      slots.initializeElement(at: 2, to: slot2)
      slots.initializeElement(at: 3, to: slot3)
      return withUnsafePointer(to: modifiers) { body(UnsafePointer(slots.baseAddress!), $0) }
    }
  }
}
