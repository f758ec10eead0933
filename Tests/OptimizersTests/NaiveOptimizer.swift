import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

extension RuleCase {
  /// One of each path through the engine: BLAS where it is asked for, kernel without and with a slot.
  static let ofEachPath = all.filter {
    ["plain", "momentum, wholly dampened", "momentum, coupled decay"].contains($0.description)
  }
}

/// The naive rule on several tensors.
struct NaiveOptimizer<Scalar: TensorScalar> {
  /// The rate of a tensor's elements.
  enum Rate {
    case same(Double)
    /// A rate for each, drawn from another.
    case each([Double], from: Double)
  }

  var rules: [NaiveRun<Scalar>]

  init(_ ruleCase: RuleCase, tensors: Int) {
    rules = (0..<tensors).map { _ in ruleCase.reference.run(Scalar.self, weightDecay: ruleCase.weightDecay) }
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
      case .each(let rates, let rate):
        rules[i].step(
          &parameters[i], gradient: gradients[i], rates: rates, rate: rate, clipFactor: clipFactors[i],
          valueBound: valueBound)
      }
    }
  }
}

/// Fails where a slot of the optimizer differs in any bit from what the naive rules keep, one for each tensor.
func expectSlotsEqual<Scalar: TensorScalar>(
  _ optimizer: Optimizer<Scalar>, _ ruleCase: RuleCase, _ naive: [NaiveRun<Scalar>],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for (slot, (name, tensors)) in zip(ruleCase.rule.slots, try optimizer.slots(of: ruleCase.rule)).enumerated() {
    for (found, naive) in zip(tensors, naive) {
      expectBitsEqual(found, naive.state[slot], name, sourceLocation: sourceLocation)
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

  /// The arrays of every slot, slot by slot in the rule's order; empty where a slot keeps nothing of a tensor.
  func slots(of rule: any UpdateRule) throws -> [[[Scalar]]] {
    let state = try state()
    return rule.slots.map { slot in layout.entries.map { state.slots[slot]?[$0.name]?.elements ?? [] } }
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
