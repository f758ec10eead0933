import Descent
import Foundation
import NaiveReference
import TestSupport
import Testing

@Suite struct LookaheadTests {
  @Test(arguments: OptimizerCase.all("lookahead", peer: "weights"))
  func followsOptax(_ reference: OptimizerCase) throws {
    let (replay, hyper) = (try Replay(reference), reference.hyper)
    var optimizer = try Optimizer<Double>(
      SGD(momentum: .constant(hyper["momentum"]!)), learningRate: LearningRate(.constant(hyper["rate"]!)),
      for: replay.layout)
    var lookahead = try Lookahead(
      from: replay.start, .init(interval: Int(hyper["interval"]!), slowStepSize: hyper["slow_step_size"]!))
    try replay.follow { parameters, step in
      let report = try optimizer.step(&parameters, gradients: replay.gradients(step: step, at: parameters))
      try lookahead.follow(&parameters, after: report)
      return lookahead.slowWeights
    }
  }

  private static func settings<Scalar>(_ type: Scalar.Type) -> [Lookahead<Scalar>.Settings] {
    [.init(), .init(interval: 2, slowStepSize: 0.8), .init(interval: 1, slowStepSize: 1)]
  }

  @Test func followsTheNaiveLoopInAnyMemory() throws { try forBothScalars(Naive()) }

  private struct Naive: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      for (count, settings) in HeldModels.counts.flatMap({ count in settings(type).map { (count, $0) } }) {
        for form in HeldParameters<Scalar>.Form.allCases {
          try withLabel("case", (count, settings, form)) {
            let model = try HeldModels.vector(count)
            var generator = SeededGenerator(seed: 101)
            var expected: [Scalar] = uniformVector(count: count, in: -2...2, using: &generator)
            var x = try HeldParameters([expected], model, form)
            var lookahead = try x.lookahead(settings)
            var naive = NaiveLookahead(
              from: expected, interval: settings.interval, slowStepSize: settings.slowStepSize)
            var optimizer = try Optimizer<Scalar>(SGD(momentum: 0.9), learningRate: 0.1, for: model.layout)
            var fast = try Optimizer<Scalar>(SGD(momentum: 0.9), learningRate: 0.1, for: model.layout)
            for step in 1...11 {
              let gradient: [Scalar] = uniformVector(count: count, in: -3...3, using: &generator)
              let isTime = try x.follow(with: &lookahead, after: x.step(&optimizer, [gradient]))
              try fast.step(&expected, gradient: gradient)
              naive.follow(&expected)
              #expect(isTime == (step % settings.interval == 0), Trace.comment)
              expectBitsEqual(x.elements[0], expected, "x")
              expectBitsEqual(lookahead.slowWeights["parameters"]!.elements, naive.slow, "slow")
            }
          }
        }
      }
    }
  }

  /// With K = 1 and α = 1 it is the optimizer alone.
  @Test func thatTakesEveryStepWhollyIsNotThere() throws {
    var (optimizer, alone) = (
      try Optimizer<Double>(Adam(), learningRate: 0.1, count: 3),
      try Optimizer<Double>(Adam(), learningRate: 0.1, count: 3)
    )
    var (x, y) = ([1.0, -2, 3], [1.0, -2, 3])
    var lookahead = try Lookahead(from: x, .init(interval: 1, slowStepSize: 1))
    for _ in 1...5 {
      let report = try optimizer.step(&x, gradient: x)
      #expect(try lookahead.follow(&x, after: report))
      try alone.step(&y, gradient: y)
      expectBitsEqual(x, y)
    }
  }

  /// A schedule-free rule would not notice, and a mixture of rules would in part.
  @Test func aRuleThatWouldNotNoticeIsRefusedAtOnce() throws {
    let layout = try Layout([("a", [2]), ("b", [2])])
    let groups = [ParameterGroup("b", tensors: ["b"], rule: ScheduleFreeAdamW())]
    for (rule, groups, isRefused) in [
      (ScheduleFreeSGD(), [], true), (ScheduleFreeRAdam(), [], true), (SGD(), groups, true), (SGD(), [], false),
      (ASGD(), [], false),
    ] as [(any UpdateRule, [ParameterGroup], Bool)] {
      var optimizer = try Optimizer<Double>(rule, learningRate: 0.1, groups: groups, for: layout)
      var x = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4]))])
      var lookahead = try Lookahead(from: x, .init(interval: 2))
      let report = try optimizer.step(&x, gradients: x)
      let before = x
      #expect(report.keepsOwnWeights == isRefused)
      #expect(try JSONDecoder().decode(StepReport.self, from: JSONEncoder().encode(report)) == report)
      if isRefused {
        #expect(throws: StepError.lookaheadWithoutEffect) { try lookahead.follow(&x, after: report) }
        #expect(x == before && !StepError.lookaheadWithoutEffect.description.isEmpty)
      } else {
        #expect(try !lookahead.follow(&x, after: report))
      }
    }
  }

  @Test func theBitsDependOnNothing() throws { try forBothScalars(Bits()) }

  private struct Bits: ScalarTest {
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      func run(threads: Int?, form: HeldParameters<Scalar>.Form, pause: Int?) throws -> [[Scalar]] {
        var generator = SeededGenerator(seed: 102)
        var x = try HeldParameters<Scalar>(model.random(using: &generator), model, form)
        func fresh() throws -> (Optimizer<Scalar>, Lookahead<Scalar>) {
          (
            try Optimizer(SGD(momentum: 0.9), learningRate: 0.1, for: model.layout),
            try x.lookahead(.init(interval: 3), threads: threads)
          )
        }
        var (optimizer, lookahead) = try fresh()
        for t in 0..<10 {
          if t == pause {
            let (state, slow) = (try optimizer.state(), lookahead.state())
            let head = try JSONDecoder().decode(
              Lookahead<Scalar>.State.Head.self, from: JSONEncoder().encode(slow.head))
            #expect(head == slow.head)
            (optimizer, lookahead) = try fresh()
            try optimizer.load(state)
            try lookahead.load(.init(head: head, weights: slow.weights))
          }
          let gradients: [[Scalar]] = model.random(using: &generator)
          _ = try x.follow(with: &lookahead, after: x.step(&optimizer, gradients))
        }
        return x.elements + model.arrays(lookahead.slowWeights)
      }
      let alone = try run(threads: 1, form: .set, pause: nil)
      for (threads, form, pause) in [(2, .list, 4), (4, .set, 1), (nil, .list, 9), (8, .set, 6)]
        as [(Int?, HeldParameters<Scalar>.Form, Int?)]
      {
        for (got, expected) in zip(try run(threads: threads, form: form, pause: pause), alone) {
          expectBitsEqual(got, expected)
        }
      }
    }
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let layout = try Layout([("a", [2, 3]), ("b", [9000])])
    var x = ParameterSet<Double>(zeros: layout)
    var lookahead = try Lookahead(from: x, .init(interval: 1))
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, options: ExecutionOptions(nonFiniteGradient: .skip(limit: 5)), for: layout)
    let report = try optimizer.step(&x, gradients: x)
    try x.set("a", to: Tensor([0, 1, 2, 3, .nan, -.infinity], shape: [2, 3]))
    let before = (x["a"]!.elements.map(\.bitPattern), lookahead.slowWeights, lookahead.state().head)
    let error = try #require(throws: StepError.self) { try lookahead.follow(&x, after: report) }
    guard case .nonFiniteParameter("a", 4, [1, 1], let value, 2) = error, value.isNaN else {
      Issue.record("\(error)")
      return
    }
    #expect(x["a"]!.elements.map(\.bitPattern) == before.0 && lookahead.slowWeights == before.1)
    #expect(lookahead.state().head == before.2)
    #expect(throws: StepError.self) { try Lookahead(from: x) }

    // A step that was skipped is none.
    var y = ParameterSet<Double>(zeros: layout)
    let skipped = try optimizer.step(&y, gradients: x)
    let isTime = try lookahead.follow(&y, after: skipped)
    #expect(skipped.outcome != .applied && !isTime)
    var other = [1.0, 2]
    #expect(throws: StepError.tensorCount(expected: 2, found: 1)) { try lookahead.follow(&other, after: report) }
    for (name, settings) in [
      ("interval", .init(interval: 0)), ("slowStepSize", .init(slowStepSize: 0)),
      ("slowStepSize", .init(slowStepSize: 1.5)), ("slowStepSize", .init(slowStepSize: .nan)),
    ] as [(String, Lookahead<Double>.Settings)] {
      let error = try #require(throws: StepError.self) { try Lookahead(from: y, settings) }
      #expect(error.description.contains("Lookahead.\(name)"))
    }
    #expect(throws: StepError.self) { try Lookahead(from: y, threads: 0) }
  }

  @Test func aStateIsKeyedByNameAndChecked() throws {
    let (a, b) = (Tensor([1.0, 2]), Tensor([3.0, 4, 5]))
    var mine = try Lookahead(from: ParameterSet([("a", a), ("b", b)]))
    let swapped = try Lookahead(from: ParameterSet([("b", b), ("a", Tensor([7.0, 8]))]))
    try mine.load(swapped.state())
    #expect(mine.slowWeights["a"]!.elements == [7, 8] && mine.slowWeights["b"]!.elements == [3, 4, 5])

    let before = mine.slowWeights
    for (other, what) in [
      (try Lookahead(from: ParameterSet([("a", a), ("b", a)])), "\"b\""),
      (try Lookahead(from: ParameterSet([("a", a)])), "\"b\""),
      (try Lookahead(from: ParameterSet([("a", a), ("b", b), ("c", a)])), "\"c\""),
      (try Lookahead(from: mine.slowWeights, .init(interval: 7)), "what to do"),
    ] {
      let error = try #require(throws: StateError.self) { try mine.load(other.state()) }
      #expect(error.description.contains(what) && mine.slowWeights == before, "\(error)")
    }
    var negative = mine.state()
    negative.head.updates = -1
    #expect(throws: StateError.self) { try mine.load(negative) }
  }

  @Test func aCopyIsIndependent() throws {
    var (x, y) = ([1.0, 2], [1.0, 2])
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.5, count: 2)
    var lookahead = try Lookahead(from: x, .init(interval: 1))
    var copy = lookahead
    let report = try optimizer.step(&x, gradient: [1, 1])
    try lookahead.follow(&x, after: report)
    #expect(copy.slowWeights["parameters"]!.elements == [1, 2])
    #expect(lookahead.slowWeights["parameters"]!.elements == [0.75, 1.75] && x == [0.75, 1.75])
    try copy.follow(&y, after: report)
    #expect(y == [1, 2] && lookahead.slowWeights["parameters"]!.elements == [0.75, 1.75])
  }
}
