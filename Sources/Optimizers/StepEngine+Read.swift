internal import Tensors

/// Pass 1: norms of gradients and parameters.
extension StepEngine {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func read(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let tensor = Int(plan.tiles[index].tensor)
      gradientNorms.read(index, of: gradients[tensor])
      clipNorms?.read(index, of: gradients[tensor])
      if readsParameterNorms { parameterNorms?.read(index, of: UnsafePointer(parameters[tensor])) }
      if completedSteps > 0 { rateHistory?.read(index, UnsafePointer(parameters[tensor]), gradients[tensor]) }
    }
  }

  /// Combines what was read of the tiles; returns the gradient's norm.
  func combineNorms() -> ScaledNorm {
    gradientNorms.combine()
    clipNorms?.combine()
    if readsParameterNorms { parameterNorms?.combine() }
    return gradientNorms.total
  }

  private var readsParameterNorms: Bool { rateNeeds.contains(.parameterNorm) || completedSteps == 0 }

  /// A norm for a unit.
  func norm(_ norms: TileNorms<Scalar>, of unit: Int, scope: Scope) -> ScaledNorm {
    switch scope {
    case .global: norms.total
    case .group: norms.norm(ofGroup: group(ofUnit: unit))
    case .tensor: norms.norm(ofTensor: unit)
    }
  }

  func group(ofUnit unit: Int) -> Int { unitsAreTensors ? groupOfTensor[unit] : unit }

  func unit(ofTensor tensor: Int) -> Int { unitsAreTensors ? tensor : groupOfTensor[tensor] }
}
