import Descent
import RuleCases
import TestSupport
import Testing

/// A kernel in C has the bits of the functions in Swift that it stands for.
@Suite struct KernelTests {
  private typealias Case = (name: String, rule: any UpdateRule, weightDecay: WeightDecay)

  private static let all: [Case] =
    RuleCase.all.map { ("\($0)", $0.rule, $0.weightDecay) } + ModelCase.all.map { ("\($0)", $0.rule, $0.weightDecay) }

  @Test func hasTheBitsOfTheBody() throws {
    for one in Self.all where type(of: one.rule).hasKernel {
      try withLabel("rule", one.name) {
        try forBothScalars(KernelAndBody(rule: one.rule, weightDecay: one.weightDecay))
      }
    }
  }

  @Test func allHaveOneButThoseThatSeeRowsAndColumns() {
    let without = Self.all.filter { !type(of: $0.rule).hasKernel }.map { type(of: $0.rule).name }
    #expect(Set(without).isSubset(of: ["muon", "adafactor", "sm3"]), "\(without)")
  }

  private struct KernelAndBody: ScalarTest {
    let rule: any UpdateRule
    let weightDecay: WeightDecay

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      try withEvery("clipping", in: [.none, .value(2).thenNorm(1)] as [GradientClipping]) { clipping in
        let body = try run(bodyOf(rule), clipping, .baseline, type)
        try withEvery("instruction set", in: InstructionSet.available) { set in
          let kernel = try run(rule, clipping, set, type)
          expectBitsEqual(kernel.outcome, body.outcome)
          // The engine knows the size of a plain step from the gradient's norm.
          let isPlain = (rule as? SGD)?.momentum == 0 && clipping == .none
          if !isPlain { expectBitsEqual(kernel.updateNorms, body.updateNorms, "size of the update") }
        }
      }
    }

    /// Some steps on tensors shorter and longer than a tile, without what a report says of the path.
    func run<Scalar: TensorScalar>(
      _ rule: any UpdateRule, _ clipping: GradientClipping, _ set: InstructionSet, _ type: Scalar.Type
    ) throws -> (outcome: Outcome<Scalar>, updateNorms: [Double]) {
      let model = try Model.mixed()
      var optimizer = try Optimizer<Scalar>(
        rule, learningRate: 0.05, clipping: clipping, weightDecay: weightDecay,
        options: ExecutionOptions(backend: .kernels, instructionSet: set), for: model.layout)
      var generator = SeededGenerator(seed: 41)
      let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
      var parameters = try model.set(start)
      var updateNorms: [Double] = []
      for _ in 0..<4 {
        let gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
        updateNorms.append(try optimizer.step(&parameters, gradients: model.set(gradients)).updateNorm)
      }
      let outcome = Outcome(
        parameters: model.arrays(parameters), slots: try optimizer.slots(of: rule), reports: [])
      return (outcome, updateNorms)
    }
  }
}

private func bodyOf(_ rule: some UpdateRule) -> any UpdateRule { BodyOf(rule: rule) }

/// A rule without its kernels: as it would be in another module.
private struct BodyOf<Rule: UpdateRule>: UpdateRule {
  let rule: Rule

  static var name: String { Rule.name }
  var slots: [String] { rule.slots }
  func initialValue(ofSlot slot: String) -> Double { rule.initialValue(ofSlot: slot) }
  var memory: KeyValuePairs<String, Double> { rule.memory }
  var hyperparameters: [Hyperparameter] { rule.hyperparameters }
  var measuredScope: Scope? { rule.measuredScope }
  var takesDecoupledDecay: Bool { rule.takesDecoupledDecay }
  var ascends: Bool { rule.ascends }
  func coefficients(for step: Step) -> Rule.Coefficients { rule.coefficients(for: step) }
  func memory(after step: Step) -> RuleMemory { rule.memory(after: step) }
  func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { rule.largestGradient(for: type) }

  static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ c: Rule.Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    Rule.measure(x, along: g, rate: rate, state: state, c, into: &sums)
  }

  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Rule.Coefficients) {
    Rule.move(&x, along: g, rate: rate, state: &state, c)
  }
}
