import Descent
import NaiveReference
import RuleCases
import TestSupport
import Testing

/// Rules whose step of one element depends on others, each beside its naive run.
@Suite struct ModelCaseTests {
  /// Every proportion of a matrix, a vector, nothing, and more than two axes where the naive rule has them.
  private static func model(for rule: any UpdateRule) throws -> Model {
    // Adafactor clips and scales by the whole tensor, so that more than one matrix has no plain twin.
    let filters: [(name: String, shape: [Int])] = rule is Adafactor ? [] : [("filters", [2, 3, 5])]
    return try Model(
      [
        ("one", [1, 1]), ("wide", [3, 70]), ("tall", [70, 3]), ("square", [65, 65]), ("vector", [7]), ("scalar", []),
        ("nothing", [0, 4]), ("long", [9000]),
      ] + filters)
  }

  /// Also where the rate begins at 0 and gradients are zero for a while.
  @Test(arguments: ModelCase.all) func theNaiveModelIsFollowed(_ modelCase: ModelCase) throws {
    try follow(modelCase, Float.self)
    try follow(modelCase, Double.self)
  }

  private func follow<Scalar: TensorScalar>(_ modelCase: ModelCase, _ type: Scalar.Type) throws {
    let model = try Self.model(for: modelCase.rule)
    let schedule = Schedule.warmup(to: modelCase.learningRate, over: 3)
    var optimizer = try Optimizer<Scalar>(
      modelCase.rule, learningRate: LearningRate(schedule), weightDecay: modelCase.weightDecay, for: model.layout)
    var generator = SeededGenerator(seed: 61)
    let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
    var x = try model.set(start)
    var naive = modelCase.reference(model.layout)
    var expected = start.map { $0.map { Double($0) } }
    for t in 0..<7 {
      let noise: [[Scalar]] = model.random(in: -1...1, using: &generator)
      // Away from zero on the whole, so that an estimate of the distance grows.
      let gradients = zip(start, noise).map { zip($0, $1).map { t < 2 ? 0 : $0 + $1 / 2 } }
      let before = model.arrays(x).flatMap { $0 }
      let report = try optimizer.step(&x, gradients: model.set(gradients))
      naive.step(&expected, gradients: gradients.map { $0.map { Double($0) } }, rate: schedule.value(after: t))
      let found = model.arrays(x)
      for tensor in expected.indices {
        let limit = modelCase.tolerance * Double(Scalar.ulpOfOne) / 2 * (expected[tensor].map(abs).max() ?? 0)
        let worst = zip(found[tensor], expected[tensor]).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst <= limit, "\(type), step \(t + 1), \(model.layout.entries[tensor].name)")
      }
      let moved = NaiveNorm.two(zip(found.flatMap { $0 }, before).map { Double($0) - Double($1) }).value
      #expect(abs(report.updateNorm - moved) <= 1e-4 * moved && report.outcome == .applied)
    }
    for memory in try optimizer.state().head.memory.values {
      #expect(memory["distance"]! > 1e-2, "the distance never grew, so nothing was tested")
    }
  }
}
