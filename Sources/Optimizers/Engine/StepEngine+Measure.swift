internal import Tensors

/// The pass of a rule that must know sums over whole tensors before it can move: nothing is written.
extension StepEngine {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func measure(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let place = places[Int(plan.tiles[index].tensor)]
      let isMeasured = place.isActive && rules[place.rule].measuredScope != nil
      measured[index] = isMeasured ? measure(tile(index), place) : MeasuredSums(.zero)
    }
  }

  private func measure(_ tile: Tile<Scalar>, _ place: TensorPlace<Scalar>) -> MeasuredSums {
    let (rule, coefficients) = (ruleTypes[place.rule], coefficients + place.unit * coefficientStride)
    return if Scalar.self == Double.self {
      rule.measure(unsafeBitCast(tile, to: Tile<Double>.self), coefficientsAt: coefficients)
    } else {
      rule.measure(unsafeBitCast(tile, to: Tile<Float>.self), coefficientsAt: coefficients)
    }
  }

  /// Gives every unit the sums of its rule's scope, and the rule's coefficients for the move.
  func combineSums() throws(StepError) {
    for (number, run) in rules.enumerated() {
      guard let scope = run.measuredScope else { continue }
      let whole = scope == .global ? sums(of: run.tensors) : nil
      for unit in 0..<unitCount where groupScalars[group(ofUnit: unit)].rule == number {
        let sums =
          switch scope {
          case .global: whole!
          case .group: sums(of: tensorsOfGroup[group(ofUnit: unit)])
          case .tensor: sums(of: CollectionOfOne(unit))
          }
        guard sums.isFinite else { throw .sumsOverflowed(rule: type(of: run.rule).name, step: completedSteps + 1) }
        steps[unit].sums = sums
        run.rule.store(coefficientsFor: steps[unit], at: coefficients + unit * coefficientStride)
      }
    }
  }

  /// The sums of some tensors: tile → tensor → whole, in a fixed tree.
  private func sums(of tensors: some RandomAccessCollection<Int>) -> MeasuredSums {
    var sums = SIMD4<Double>.zero
    for place in 0..<4 {
      sums[place] = pairwiseSum(tensors.count, blockSize: 1) { index in
        let tiles = plan.tensors[tensors[tensors.index(tensors.startIndex, offsetBy: index.lowerBound)]]
        return pairwiseSum(tiles.count, blockSize: 1) { measured[tiles.lowerBound + $0.lowerBound][place] }
      }
    }
    return MeasuredSums(sums)
  }
}
