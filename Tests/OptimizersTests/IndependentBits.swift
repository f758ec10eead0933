import Descent
import TestSupport
import Testing

/// A run has the same bits for any number of threads, as a slab or as a list, and when it is resumed; and a rehearsal of every
/// step tells its size and changes nothing.
struct IndependentBits: ScalarTest {
  let rule: any UpdateRule
  let learningRate: LearningRate
  var clipping: GradientClipping = .none
  var weightDecay: WeightDecay = .none
  var groups: [ParameterGroup] = []

  func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    let alone = try result(type, threads: 1, resumeAt: nil, asList: false)
    let ways: [(Int?, Int?, Bool)] = [(2, 3, false), (4, nil, true), (8, 1, true), (nil, 5, false)]
    for (threads, pause, asList) in ways {
      for (got, expected) in zip(try result(type, threads: threads, resumeAt: pause, asList: asList), alone) {
        expectBitsEqual(got, expected)
      }
    }
  }

  /// Parameters and state after some steps.
  private func result<Scalar: TensorScalar>(
    _ type: Scalar.Type, threads: Int?, resumeAt pause: Int?, asList: Bool
  ) throws -> [[Scalar]] {
    let model = try Model.mixed()
    func optimizer() throws -> Optimizer<Scalar> {
      try Optimizer(
        rule, learningRate: learningRate, clipping: clipping, weightDecay: weightDecay, groups: groups,
        options: ExecutionOptions(threads: threads), for: model.layout)
    }
    var generator = SeededGenerator(seed: 96)
    var running = try optimizer()
    let start: [[Scalar]] = model.random(using: &generator)
    var (x, list) = (try model.set(start), try model.list(start))
    for t in 0..<6 {
      if t == pause {
        let state = try running.state()
        running = try optimizer()
        try running.load(state)
      }
      let gradient: [[Scalar]] = model.random(using: &generator)
      let (set, tensors) = (try model.set(gradient), try model.list(gradient))
      let rehearsed =
        asList ? try running.dryRun(list, gradients: tensors) : try running.dryRun(x, gradients: set)
      let report =
        asList ? try running.step(&list, gradients: tensors) : try running.step(&x, gradients: set)
      #expect(rehearsed.updateNorm == report.updateNorm, Trace.comment)
    }
    let state = try running.state().slots
    let kept = state.keys.sorted().flatMap { name in
      state[name]!.layout.entries.map { state[name]![$0.name]!.elements }
    }
    return (asList ? list.map(\.elements) : model.arrays(x)) + kept
  }
}
