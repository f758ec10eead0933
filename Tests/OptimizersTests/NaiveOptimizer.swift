import Descent
import NaiveReference
import TestSupport
import Testing

/// One row of the table of rules: what the engine is told, and the naive rule that must give the same bits.
struct RuleCase: Sendable, CustomStringConvertible {
  let description: String
  let rule: SGD
  let decay: WeightDecay

  init(_ description: String, _ rule: SGD, _ decay: WeightDecay = .none) {
    (self.description, self.rule, self.decay) = (description, rule, decay)
  }

  func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> NaiveSGD<Scalar> {
    var naive = NaiveSGD<Scalar>(isNesterov: rule.nesterov, isMaximizing: rule.maximize)
    set(&naive, after: 0)
    return naive
  }

  /// Gives the naive rule the values that the hyper-parameters have after so many steps.
  func set<Scalar: TensorScalar>(_ naive: inout NaiveSGD<Scalar>, after steps: Int) {
    (naive.momentum, naive.dampening) = (rule.momentum.value(after: steps), rule.dampening.value(after: steps))
    naive.weightDecay =
      switch decay {
      case .none: .none
      case .coupled(let lambda): .coupled(lambda.value(after: steps))
      case .decoupled(let lambda): .decoupled(lambda.value(after: steps))
      case .independent(let lambda): .independent(lambda.value(after: steps))
      }
  }

  /// Every kind of step that the rule has.
  static let all: [RuleCase] = [
    RuleCase("plain", SGD()),
    RuleCase("plain, up", SGD(maximize: true)),
    RuleCase("plain, coupled decay", SGD(), .coupled(0.07)),
    RuleCase("plain, decoupled decay", SGD(), .decoupled(0.07)),
    RuleCase("momentum", SGD(momentum: 0.9)),
    RuleCase("momentum, dampened", SGD(momentum: 0.7, dampening: 0.3)),
    RuleCase("momentum, wholly dampened", SGD(momentum: 0.7, dampening: 1)),
    RuleCase("momentum, coupled decay", SGD(momentum: 0.9), .coupled(0.07)),
    RuleCase(
      "momentum, dampened, up, decoupled decay", SGD(momentum: 0.5, dampening: 0.1, maximize: true), .decoupled(0.07)),
    RuleCase("Nesterov", SGD(momentum: 0.9, nesterov: true)),
    RuleCase("Nesterov, up, coupled decay", SGD(momentum: 0.6, nesterov: true, maximize: true), .coupled(0.07)),
    RuleCase("Nesterov, decoupled decay", SGD(momentum: 0.6, nesterov: true), .decoupled(0.07)),
    RuleCase("plain, independent decay", SGD(), .independent(0.07)),
    RuleCase(
      "scheduled momentum and decay",
      SGD(momentum: .oneCycleMomentum(over: 4), dampening: .linear(from: 0, to: 1, over: 3)),
      .decoupled(.cosine(from: 0.1, over: 4))),
    RuleCase("scheduled independent decay", SGD(), .independent(.linear(from: 0, to: 1, over: 4))),
  ]

  /// One of each path through the engine: BLAS where it is asked for, kernel without and with a slot.
  static let ofEachPath: [RuleCase] = [all[0], all[3], all[10]]
}

/// The naive rule on several tensors.
struct NaiveOptimizer<Scalar: TensorScalar> {
  /// The rate of a tensor's elements.
  enum Rate {
    case same(Double)
    case each([Double])
  }

  var rules: [NaiveSGD<Scalar>]

  init(_ ruleCase: RuleCase, tensors: Int) {
    rules = (0..<tensors).map { _ in ruleCase.naive(Scalar.self) }
  }

  /// One step on all tensors, each with its rate and its clip factor.
  mutating func step(
    _ parameters: inout [[Scalar]], gradients: [[Scalar]], rates: [Rate], clipFactors: [Double],
    valueBound: Double? = nil
  ) {
    for i in rules.indices {
      switch rates[i] {
      case .same(let rate):
        rules[i].step(
          &parameters[i], gradient: gradients[i], rate: rate, clipFactor: clipFactors[i], valueBound: valueBound)
      case .each(let rates):
        rules[i].step(
          &parameters[i], gradient: gradients[i], rates: rates, clipFactor: clipFactors[i], valueBound: valueBound)
      }
    }
  }
}

/// Several tensors as arrays, as sets in one slab, and as lists of tensors.
struct Model {
  let layout: Layout

  init(_ tensors: [(name: String, shape: [Int])]) throws { layout = try Layout(tensors) }

  /// Matrices, vectors, a scalar and nothing, some larger than a tile.
  static func mixed() throws -> Model {
    try Model([
      ("weights", [37, 300]), ("bias", [300]), ("scale", []), ("nothing", [0]), ("long", [8193]), ("tiny", [3]),
    ])
  }

  /// Elements for every tensor.
  func random<Scalar: TensorScalar>(
    in range: ClosedRange<Double> = -1...1, using generator: inout SeededGenerator
  ) -> [[Scalar]] {
    layout.entries.map { uniformVector(count: $0.count, in: range, using: &generator) }
  }

  func set<Scalar: TensorScalar>(_ arrays: [[Scalar]]) throws -> ParameterSet<Scalar> {
    try ParameterSet(zip(layout.entries, arrays).map { ($0.name, try Tensor($1, shape: $0.shape)) })
  }

  func list<Scalar: TensorScalar>(_ arrays: [[Scalar]]) throws -> [Tensor<Scalar>] {
    try zip(layout.entries, arrays).map { try Tensor($1, shape: $0.shape) }
  }

  func arrays<Scalar: TensorScalar>(_ set: ParameterSet<Scalar>) -> [[Scalar]] {
    layout.entries.map { set[$0.name]!.elements }
  }
}

extension Optimizer {
  /// The arrays of a slot, in the layout's order; none where the rule has no such slot.
  func slot(_ name: String) throws -> [[Scalar]] {
    guard let set = try state().slots[name] else { return [] }
    return layout.entries.map { set[$0.name]!.elements }
  }
}

/// x + a g, as BLAS has it, with a rounding after each operation.
func plainAxpy<Scalar: TensorScalar>(_ a: Double, _ g: [Scalar], _ x: [Scalar]) -> [Scalar] {
  let a = Scalar(a)
  return x.indices.map { x[$0] + a * g[$0] }
}

/// Fails where a step of the BLAS path is further from its plain form than fused and separate rounding can be.
func expectAxpy<Scalar: TensorScalar>(
  _ got: [Scalar], a: Double, gradient: [Scalar], from x: [Scalar], _ what: String = "x"
) {
  expectClose(got, plainAxpy(a, gradient, x), what) {
    2 * Scalar.unitRoundoff * (abs(Double(x[$0])) + abs(a * Double(gradient[$0])))
  }
}
