package import Descent
package import NaiveReference

/// Something that a naive loop is known of: the rules of the engine, each with its settings.
package protocol RuleReference: Sendable {
  /// The naive rule, before its first step.
  func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar>
}

extension RuleReference {
  /// The naive rule on one tensor that decays so.
  package func run<Scalar: TensorScalar>(_ type: Scalar.Type, weightDecay: WeightDecay) -> NaiveRun<Scalar> {
    NaiveRun(naive(type), weightDecay: NaiveWeightDecay(weightDecay))
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
