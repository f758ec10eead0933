package import Descent
package import NaiveReference

/// A rule of the engine and the naive loop that it must follow bit by bit. A new rule is a new line of ``all``.
package struct RuleCase: Sendable {
  /// The row of the table that the case counts for; several cases may share one.
  package var row: String
  /// The engine's rule.
  package var rule: any UpdateRule
  /// The weight decay that it runs with.
  package var weightDecay: WeightDecay
  /// The weight decay of the second group of tensors, or nil for the same.
  package var groupWeightDecay: WeightDecay?
  /// The naive loop.
  package var reference: any RuleReference

  package init(
    _ row: String, _ rule: any UpdateRule, weightDecay: WeightDecay = .none, groupWeightDecay: WeightDecay? = nil,
    reference: any RuleReference
  ) {
    (self.row, self.rule, self.reference) = (row, rule, reference)
    (self.weightDecay, self.groupWeightDecay) = (weightDecay, groupWeightDecay)
  }

  /// Every rule with every weight decay, descending and ascending.
  package static let all: [RuleCase] = {
    let rules: [(String, SGD)] = [
      ("plain", SGD()), ("momentum", SGD(momentum: 0.9)), ("dampened momentum", SGD(momentum: 0.9, dampening: 0.3)),
      ("Nesterov", SGD(momentum: 0.9, nesterov: true)),
    ]
    let decays: [(String, WeightDecay, group: WeightDecay?)] = [
      ("", .none, nil), (", coupled decay", .coupled(0.01), nil), (", decoupled decay", .decoupled(0.01), nil),
      (", decay in one group", .none, .coupled(0.01)),
    ]
    return rules.flatMap { name, rule in
      decays.flatMap { suffix, decay, groupDecay in
        [false, true].map { ascends in
          var rule = rule
          rule.maximize = ascends
          return RuleCase(
            name + suffix, rule, weightDecay: decay, groupWeightDecay: groupDecay, reference: SGDReference(rule))
        }
      }
    }
  }()
}

/// Makes naive runs of a rule.
package protocol RuleReference: Sendable {
  /// A run on one tensor that has made no step.
  func run<Scalar: TensorScalar>(_ type: Scalar.Type, weightDecay: WeightDecay) -> any NaiveRun<Scalar>
}

/// A naive run of a rule on one tensor.
package protocol NaiveRun<Scalar> {
  associatedtype Scalar: TensorScalar
  /// Takes a step.
  mutating func move(
    _ x: inout [Scalar], along gradient: [Scalar], rate: Double, clipFactor: Double, valueBound: Double?)
  /// The arrays that the rule keeps, in the order of the engine's slots, after a step.
  var state: [[Scalar]] { get }
}

/// Naive stochastic gradient descent with the settings of the engine's.
package struct SGDReference: RuleReference {
  private let rule: SGD

  package init(_ rule: SGD) { self.rule = rule }

  package func run<Scalar: TensorScalar>(_ type: Scalar.Type, weightDecay: WeightDecay) -> any NaiveRun<Scalar> {
    naive(type, weightDecay: weightDecay)
  }

  /// The rule itself, which takes rates by element too.
  func naive<Scalar: TensorScalar>(_ type: Scalar.Type, weightDecay: WeightDecay) -> NaiveSGD<Scalar> {
    let decay: NaiveWeightDecay =
      switch weightDecay {
      case .none: .none
      case .coupled(let rate): .coupled(rate.value(after: 0))
      case .decoupled(let rate): .decoupled(rate.value(after: 0))
      case .independent(let rate): .independent(rate.value(after: 0))
      }
    return NaiveSGD<Scalar>(
      momentum: rule.momentum.value(after: 0), dampening: rule.dampening.value(after: 0), isNesterov: rule.nesterov,
      isMaximizing: rule.maximize, weightDecay: decay)
  }
}

extension NaiveSGD: NaiveRun where Scalar: TensorScalar {
  package mutating func move(
    _ x: inout [Scalar], along gradient: [Scalar], rate: Double, clipFactor: Double, valueBound: Double?
  ) {
    step(&x, gradient: gradient, rate: rate, clipFactor: clipFactor, valueBound: valueBound)
  }

  /// The velocity, if there is one.
  package var state: [[Scalar]] { velocity.map { [$0] } ?? [] }
}
