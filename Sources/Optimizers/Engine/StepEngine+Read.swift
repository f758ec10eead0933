internal import Schedules
internal import Tensors

/// Pass 1: norms of gradients and parameters.
extension StepEngine {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func read(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let place = plan.tiles[index]
      let tensor = Int(place.tensor)
      var gradient = gradients[tensor]
      var isActive = places[tensor].isActive
      if let accumulator {
        // The norms are of the sum, while it is made: they cost no pass of their own.
        accumulator.add(isActive ? gradient : nil, tensor: tensor, start: place.start, elements: Int(place.count))
        gradient = accumulator.nextBase(of: tensor)
        isActive = isActive || accumulator.hasGradient[tensor]
      }
      guard isActive else {
        gradientNorms.skip(index)
        clipNorms?.skip(index)
        parameterNorms?.skip(index)
        rateHistory?.skip(index)
        continue
      }
      gradientNorms.read(index, of: gradient)
      if adaptiveClip == nil { clipNorms?.read(index, of: gradient) }
      if readsParameterNorms { parameterNorms?.read(index, of: UnsafePointer(parameters[tensor])) }
      if completedSteps > 0 { rateHistory?.read(index, UnsafePointer(parameters[tensor]), gradient) }
    }
  }

  /// Norms for clipping of what clipping by unit has left.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func rereadClipNorms(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let tensor = Int(plan.tiles[index].tensor)
      if places[tensor].isActive { clipNorms?.read(index, of: gradients[tensor]) } else { clipNorms?.skip(index) }
    }
  }

  /// Combines what was read of the tiles; returns the gradient's norm.
  func combineNorms() -> ScaledNorm {
    gradientNorms.combine()
    if adaptiveClip == nil { clipNorms?.combine() }
    if readsParameterNorms { parameterNorms?.combine() }
    return gradientNorms.total
  }

  private var readsParameterNorms: Bool { rateNeeds.contains(.parameterNorm) || completedSteps == 0 }

  /// Lets the sum take the gradient's place, and every tensor take part that has had a gradient.
  func useAccumulated() {
    guard let accumulator else { return }
    for tensor in layout.entries.indices {
      gradients[tensor] = accumulator.nextBase(of: tensor)
      if accumulator.isLast, accumulator.hasGradient[tensor] { places[tensor].isActive = true }
    }
  }

  /// Keeps a gradient that does not complete a step.
  func accumulated(_ norm: ScaledNorm, isDryRun: Bool) -> StepReport {
    let accumulator = accumulator!
    let gathered = accumulator.gathered + 1
    if !isDryRun { accumulator.commit { places[$0].isActive } }
    return StepReport(
      step: completedSteps + 1, loss: rateStep.loss, learningRate: learningRate.schedule.value(after: completedSteps),
      gradientNorm: norm.value, clipFactor: 1, updateNorm: 0,
      outcome: .accumulated(gathered, of: accumulator.count), path: path, overflow: nil)
  }

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

  func rule(ofUnit unit: Int) -> any UpdateRule { rules[groupScalars[group(ofUnit: unit)].rule].rule }
}
