public import Schedules

/// How weights are pulled towards zero. The three meanings that the field has for one word are three cases.
///
/// λ is a number or a schedule: `.decoupled(0.01)`, `.decoupled(.linear(from: 0, to: 0.1, over: 1_000))`.
public enum WeightDecay: Sendable, Codable, Equatable {
  /// Not at all.
  case none
  /// g ← g + λ θ before the rule, so that momentum and scaling act on it too: L2 regularisation, `weight_decay` of
  /// PyTorch's SGD and Adam.
  ///
  /// What is refused as too large for a rule is the gradient without λ θ, because a step does not read the parameters first.
  /// Where λ |θ| itself is beyond what the rule can square, 1e154 in `Double` and 1e19 in `Float`, means of squares become
  /// infinite, and Adam's step zero, without an error.
  case coupled(Schedule)
  /// θ ← (1 - η λ) θ beside the rule, with the learning rate η of the step: `weight_decay` of AdamW in PyTorch and Optax.
  case decoupled(Schedule)
  /// θ ← (1 - λ) θ beside the rule, whatever the learning rate is. With λ scheduled like the rate this is the decay of
  /// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.
  case independent(Schedule)

  /// λ as a function of the number of applied updates.
  var schedule: Schedule {
    switch self {
    case .none: 0
    case .coupled(let schedule), .decoupled(let schedule), .independent(let schedule): schedule
    }
  }

  /// Whether there is none, at any step.
  var isNone: Bool { schedule == 0 }

  /// Whether it is the same at every step.
  var isConstant: Bool { schedule == .constant(schedule.value(after: 0)) }

  /// What λ must be.
  var hyperparameter: Hyperparameter {
    if case .independent(let schedule) = self { return Hyperparameter("independent", schedule, in: .share) }
    return Hyperparameter("decay", schedule, in: .notNegative)
  }

  /// The three rates at a step, of which two are zero.
  func rates(after completedSteps: Int) -> DecayRates {
    let rate = schedule.value(after: completedSteps)
    return switch self {
    case .none: DecayRates()
    case .coupled: DecayRates(coupled: rate)
    case .decoupled: DecayRates(decoupled: rate)
    case .independent: DecayRates(independent: rate)
    }
  }
}

/// λ of a step by its meaning.
struct DecayRates: BitwiseCopyable {
  var coupled = 0.0
  var decoupled = 0.0
  var independent = 0.0
}
