internal import Tensors

/// The pass of a rule that must know sums over whole tensors before it can move: nothing is written.
extension StepEngine {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func measure(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let unit = unit(ofTensor: Int(plan.tiles[index].tensor))
      measured[index] = measure(tile(index), coefficients: coefficients + unit * coefficientStride)
    }
  }

  private func measure(_ tile: Tile<Scalar>, coefficients: UnsafeRawPointer) -> MeasuredSums {
    let rule = type(of: settings.rule)
    return if Scalar.self == Double.self {
      rule.measure(unsafeBitCast(tile, to: Tile<Double>.self), coefficientsAt: coefficients)
    } else {
      rule.measure(unsafeBitCast(tile, to: Tile<Float>.self), coefficientsAt: coefficients)
    }
  }

  /// Gives every unit the sums of its scope, and the rule's coefficients for the move.
  func combineSums(_ scope: Scope) throws(StepError) {
    let whole = scope == .global ? sums(ofTensors: layout.entries.indices) { _ in true } : nil
    for unit in 0..<unitCount {
      let sums =
        switch scope {
        case .global: whole!
        case .group:
          sums(ofTensors: layout.entries.indices) { groupOfTensor[$0] == group(ofUnit: unit) }
        case .tensor: sums(ofTensors: unit..<unit + 1) { _ in true }
        }
      steps[unit].sums = sums
      guard sums.isFinite else { throw .sumsOverflowed(rule: type(of: settings.rule).name, step: completedSteps + 1) }
      settings.rule.store(coefficientsFor: steps[unit], at: coefficients + unit * coefficientStride)
    }
  }

  /// The sums of some tensors: tile → tensor → whole, in a fixed tree.
  private func sums(ofTensors tensors: Range<Int>, where isIn: (Int) -> Bool) -> MeasuredSums {
    var sums = SIMD4<Double>.zero
    for place in 0..<4 {
      sums[place] = pairwiseSum(tensors.count, blockSize: 1) { index in
        let tensor = tensors.lowerBound + index.lowerBound
        guard isIn(tensor) else { return 0 }
        let tiles = plan.tensors[tensor]
        return pairwiseSum(tiles.count, blockSize: 1) { measured[tiles.lowerBound + $0.lowerBound][place] }
      }
    }
    return MeasuredSums(sums)
  }
}
