internal import CKernels
internal import Tensors

/// A rule whose tiles are moved by a kernel in C, with the bits of `move`. Its coefficients are the C structure that both
/// read.
protocol KernelRule: UpdateRule {
  /// The kernel.
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
}

extension Tile {
  /// Moves the tile by the kernel of a rule; returns Σ (x after - x before)².
  func move(by rule: descent_rule, _ coefficients: some BitwiseCopyable) -> Double {
    let m = modifiers
    let modifiers = descent_modifiers(
      scale: m.scale, prescale: m.prescale, bound: m.bound, coupled_decay: m.coupledDecay, keep: m.keep, rate: m.rate,
      shaped: m.isShaped, coupled: m.coupledDecay != 0, measured: measuresUpdate)
    let kernel = descent_move_for(rule, Int32(slotCount), MemoryLayout<Scalar>.size, instructionSet.code)!
    return withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 4) { slots in
      slots.initializeElement(at: 0, to: slot0)
      slots.initializeElement(at: 1, to: slot1)
      slots.initializeElement(at: 2, to: slot2)
      slots.initializeElement(at: 3, to: slot3)
      return withUnsafePointer(to: modifiers) { modifiers in
        withUnsafePointer(to: coefficients) { kernel(x, slots.baseAddress, gradient, count, modifiers, $0) }
      }
    }
  }
}
