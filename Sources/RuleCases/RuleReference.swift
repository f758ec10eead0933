package import Descent
package import NaiveReference
internal import Tensors

/// Something that a naive loop is known of: the rules of the engine, each with its settings.
package protocol RuleReference: Sendable {
  /// The naive rule, before its first step.
  func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar>
}

extension RuleReference {
  /// The naive rule on one tensor that decays so.
  package func run<Scalar: TensorScalar>(_ type: Scalar.Type, weightDecay: WeightDecay) -> NaiveRun<Scalar> {
    NaiveRun(naive(type), weightDecay: NaiveWeightDecay(weightDecay), sum: sumInTiles)
  }
}

/// A sum in the order that the engine fixes so that it does not depend on threads: lane by lane of sixteen in each tile,
/// lanes and tiles by halves.
private func sumInTiles(_ terms: [Double]) -> Double {
  let tiles = TilePlan(counts: [terms.count]).tiles
  return pairwiseSum(tiles.count, blockSize: 1) { index in
    let tile = tiles[index.lowerBound]
    var lanes = [Double](repeating: 0, count: 16)
    for i in 0..<Int(tile.count) { lanes[i % 16] += terms[tile.start + i] }
    for width in [8, 4, 2, 1] {
      for lane in 0..<width { lanes[lane] += lanes[lane + width] }
    }
    return lanes[0]
  }
}

extension NaiveSetting {
  /// What the schedule says.
  package init(_ schedule: Schedule) { self.init { schedule.value(after: $0) } }
}

extension NaiveWeightDecay {
  /// What the engine is told.
  package init(_ decay: WeightDecay) {
    self =
      switch decay {
      case .none: .none
      case .coupled(let lambda): .coupled(NaiveSetting(lambda))
      case .decoupled(let lambda): .decoupled(NaiveSetting(lambda))
      case .independent(let lambda): .independent(NaiveSetting(lambda))
      }
  }
}
