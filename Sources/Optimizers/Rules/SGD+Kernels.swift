internal import CKernels
public import Tensors

extension SGD {
  /// Yes.
  public static var hasKernel: Bool { true }

  /// Moves one tile by the kernel.
  public static func sweep(_ tile: Tile<Double>, _ c: Coefficients) -> Double {
    if tile.elementRates != nil { return sweepBody(tile, c, DoubleLanes.self) }
    let kernels = descent_kernels_for_f64(tile.instructionSet.code)!.pointee
    let m = tile.modifiers
    var modifiers = descent_modifiers_f64(
      scale: Double(m.scale), prescale: Double(m.prescale), bound: Double(m.bound),
      coupled_decay: Double(m.coupledDecay),
      keep: Double(m.keep), shaped: m.isShaped, coupled: m.coupledDecay != 0)
    let rate = Double(m.rate)
    guard c.hasMomentum else {
      guard m.isPlain, !tile.measuresUpdate else {
        return kernels.sgd(tile.x, tile.gradient, tile.count, &modifiers, rate)
      }
      kernels.descend(tile.x, tile.gradient, tile.count, modifiers.scale, rate)
      return 0
    }
    return kernels.momentum(
      tile.x, tile.slot0, tile.gradient, tile.count, &modifiers, rate, Double(c.decay), Double(c.gain),
      Double(c.lookahead),
      c.nesterov)
  }

  /// Moves one tile by the kernel.
  public static func sweep(_ tile: Tile<Float>, _ c: Coefficients) -> Double {
    if tile.elementRates != nil { return sweepBody(tile, c, FloatLanes.self) }
    let kernels = descent_kernels_for_f32(tile.instructionSet.code)!.pointee
    let m = tile.modifiers
    var modifiers = descent_modifiers_f32(
      scale: Float(m.scale), prescale: Float(m.prescale), bound: Float(m.bound), coupled_decay: Float(m.coupledDecay),
      keep: Float(m.keep), shaped: m.isShaped, coupled: m.coupledDecay != 0)
    let rate = Float(m.rate)
    guard c.hasMomentum else {
      guard m.isPlain, !tile.measuresUpdate else {
        return kernels.sgd(tile.x, tile.gradient, tile.count, &modifiers, rate)
      }
      kernels.descend(tile.x, tile.gradient, tile.count, modifiers.scale, rate)
      return 0
    }
    return kernels.momentum(
      tile.x, tile.slot0, tile.gradient, tile.count, &modifiers, rate, Float(c.decay), Float(c.gain),
      Float(c.lookahead),
      c.nesterov)
  }
}
