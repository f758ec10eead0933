internal import Descent
internal import Foundation
package import RuleCases

/// A run that is broken off, written out, read in by another optimizer and gone on with: same bits as without.
package struct StateCheck {
  private let rules: [RuleCase]
  private let scale: CheckScale

  package init(rules: [RuleCase] = RuleCase.all, scale: CheckScale) { (self.rules, self.scale) = (rules, scale) }

  private var rates: [(String, LearningRate)] {
    let schedule = Schedule.warmup(to: 0.1, over: 2).then(.cosine(from: 0.1, over: 4))
    return [
      ("a schedule", LearningRate(schedule)),
      ("a plateau", LearningRate(schedule, .plateau(Plateau(.minimize, factor: 0.5, patience: 1)))),
      ("a norm-based rate", .normBased(epsilon: schedule, cap: 1, scope: .tensor)),
      ("a random rate", .random(epsilon: schedule, cap: .infinity, seed: scale.seed)),
      ("a random rate for each element", .random(epsilon: schedule, cap: 1, seed: scale.seed, draw: .perElement)),
    ]
  }

  /// A row for each kind of learning rate.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("export and import of the state")
    return try rates.map { name, rate in
      var row = CheckRow("Going on from an exported state", name)
      try compare(Double.self, rate, &row)
      try compare(Float.self, rate, &row)
      return row
    }
  }

  private func compare<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ rate: LearningRate, _ row: inout CheckRow
  ) throws {
    let draws = Draws(seed: scale.seed &+ 7)
    let layout = try Layout([("weights", [3, 2731]), ("empty", [0]), ("bias", [17])])
    func set(_ stream: Int) throws -> ParameterSet<Scalar> {
      try layout.set(layout.entries.enumerated().map { draws.ordinary(count: $1.count, stream: 4 * stream + $0) })
    }
    let steps = 6
    let start = try set(0)
    let gradients = try (1...steps).map(set)
    for rule in scale.selection(of: rules, stride: 5) {
      for backend in Backend.allCases {
        func optimizer() throws -> Optimizer<Scalar> {
          try Optimizer(
            rule.rule, learningRate: rate, clipping: .value(0.5).thenNorm(1, scope: .tensor),
            weightDecay: rule.weightDecay, options: ExecutionOptions(backend: backend), for: layout)
        }
        func step(_ optimizer: inout Optimizer<Scalar>, _ x: inout ParameterSet<Scalar>, _ number: Int) throws {
          try optimizer.step(&x, gradients: gradients[number])
          // Never better, so that a plateau reduces.
          try optimizer.report(metric: Double(number))
        }
        var (whole, x) = (try optimizer(), start)
        for number in 0..<steps { try step(&whole, &x, number) }
        for pause in [1, 3] {
          let place = { "\(Scalar.typeCode), \(backend.rawValue), \(rule), exported after \(pause) steps" }
          var (first, y) = (try optimizer(), start)
          for number in 0..<pause { try step(&first, &y, number) }
          let state = try first.state()
          let head = try JSONDecoder().decode(
            OptimizerState<Scalar>.Head.self, from: JSONEncoder().encode(state.head))
          var second = try optimizer()
          try second.load(OptimizerState(head: head, slots: state.slots))
          for number in pause..<steps { try step(&second, &y, number) }
          row.same(y.arrays, x.arrays) { "\(place()): the parameters" }
          let (found, expected) = try (second.state(), whole.state())
          row.expect(found.head == expected.head) { "\(place()): \(found.head), expected \(expected.head)" }
          for name in rule.rule.slots {
            row.same(found.slots[name]?.arrays ?? [], expected.slots[name]?.arrays ?? []) { "\(place()): \"\(name)\"" }
          }
        }
      }
    }
  }
}
