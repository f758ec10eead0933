import Descent
import Foundation
import TestSupport
import Testing

/// A state is all that an optimizer has seen: a run that goes on from it has the bits of the unbroken one.
@Suite struct StateTests {
  /// As in a file that somebody has edited.
  @Test(arguments: [
    ("\"completedSteps\":3", "\"completedSteps\":9223372036854775807"), ("\"lossCount\":3", "\"lossCount\":-1"),
    ("\"lossCount\":3", "\"lossCount\":9223372036854775807"),
  ]) func aCountThatCannotBeIsRefused(_ written: String, _ edited: String) throws {
    func optimizer() throws -> Optimizer<Double> {
      try Optimizer(SGD(), learningRate: LearningRate(1, .barzilaiBorwein(BarzilaiBorweinRate())), count: 2)
    }
    var running = try optimizer()
    var x = [1.0, 2]
    for _ in 0..<3 { try running.step(&x, gradient: x, loss: 1) }
    let state = try running.state()
    let text = String(decoding: try JSONEncoder().encode(state.head), as: UTF8.self)
    #expect(text.contains(written))
    let head = try JSONDecoder().decode(
      OptimizerState<Double>.Head.self, from: Data(text.replacing(written, with: edited).utf8))
    var other = try optimizer()
    #expect(throws: StateError.self) { try other.load(OptimizerState(head: head, slots: state.slots)) }
    #expect(other.completedSteps == 0)
  }

  @Test(arguments: Sample.all) func aResumedRunHasTheBitsOfTheUnbrokenOne(_ sample: Sample) throws {
    try forBothScalars(Resumed(sample: sample))
  }

  private struct Resumed: ScalarTest {
    let sample: Sample

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      try withEvery("resumed after", in: [nil, 0, 1, 5] as [Int?]) { pause in
        let unbroken = try follow(model, resumeAfter: nil, type)
        let resumed = try follow(model, resumeAfter: pause, type)
        expectBitsEqual(resumed, unbroken)
      }
    }

    func follow<Scalar: TensorScalar>(
      _ model: Model, resumeAfter pause: Int?, _ type: Scalar.Type
    ) throws -> Outcome<Scalar> {
      var optimizer = try sample.optimizer(for: model.layout, nonFinite: .skip(limit: 3), type)
      var generator = SeededGenerator(seed: 51)
      let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
      var parameters = try model.set(start)
      var reports: [StepReport] = []
      for step in 0..<10 {
        if step == pause {
          // Through a file, as a checkpoint would: the head as JSON, the arrays as they are.
          let state = try optimizer.state()
          let head = try JSONDecoder().decode(
            OptimizerState<Scalar>.Head.self, from: JSONEncoder().encode(state.head))
          #expect(head == state.head, Trace.comment)
          optimizer = try sample.optimizer(for: model.layout, nonFinite: .skip(limit: 3), type)
          try optimizer.load(OptimizerState(head: head, slots: state.slots))
        }
        var gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
        if step == 4 { gradients[0][0] = .nan }
        reports.append(try optimizer.step(&parameters, gradients: model.set(gradients)))
        try optimizer.report(metric: 1)
      }
      return Outcome(
        parameters: model.arrays(parameters), slots: try optimizer.slots(of: sample.rule),
        reports: reports.map(\.withoutNaN))
    }
  }

  @Test func stateIsKeyedByNameAndNotByPosition() throws {
    let names = [("a", [3]), ("b", [2]), ("c", [9000])]
    func optimizer(_ order: [Int]) throws -> (Optimizer<Double>, Model) {
      let model = try Model(order.map { names[$0] })
      return (try Optimizer(SGD(momentum: 0.9), learningRate: 0.1, for: model.layout), model)
    }
    var generator = SeededGenerator(seed: 52)
    let values: [[Double]] = names.map { uniformVector(count: $0.1[0], using: &generator) }
    var (first, model) = try optimizer([0, 1, 2])
    var x = try model.set(values)
    for _ in 0..<3 { try first.step(&x, gradients: model.set(values)) }

    let order = [2, 0, 1]
    var (second, swapped) = try optimizer(order)
    try second.load(first.state())
    var y = try swapped.set(order.map { model.arrays(x)[$0] })
    try first.step(&x, gradients: model.set(values))
    try second.step(&y, gradients: swapped.set(order.map { values[$0] }))
    for name in ["a", "b", "c"] { #expect(x[name]?.elements == y[name]?.elements) }
    #expect(second.completedSteps == 4)
  }

  @Test func aStateOfAnotherOptimizerIsRefusedWithEveryDifference() throws {
    let layout = try Layout([("a", [2]), ("b", [3])])
    func optimizer(
      _ rule: SGD = SGD(momentum: 0.9), rate: LearningRate = 0.1, clipping: GradientClipping = .norm(1),
      decay: WeightDecay = .none, groups: [ParameterGroup] = [], layout other: Layout? = nil
    ) throws -> Optimizer<Double> {
      try Optimizer(
        rule, learningRate: rate, clipping: clipping, weightDecay: decay, groups: groups, for: other ?? layout)
    }
    var mine = try optimizer()
    var x = ParameterSet<Double>(zeros: layout)
    let g = try ParameterSet<Double>([("a", Tensor([1, 2])), ("b", Tensor([3, 4, 5]))])
    try mine.step(&x, gradients: g)
    let before = (try mine.slot("momentum"), mine.completedSteps)

    let others: [(String, Optimizer<Double>, Int)] = [
      ("momentum", try optimizer(SGD(momentum: 0.8)), 1),
      ("learning rate", try optimizer(rate: 0.2), 1),
      ("clipping", try optimizer(clipping: .value(1)), 1),
      ("weight decay", try optimizer(decay: .coupled(0.1)), 1),
      ("groups", try optimizer(groups: [ParameterGroup("g", tensors: ["a"])]), 1),
      ("\"b\"", try optimizer(layout: Layout([("a", [2]), ("b", [4])])), 1),
      ("\"b\"", try optimizer(layout: Layout([("a", [2])])), 1),
      ("\"c\"", try optimizer(layout: Layout([("a", [2]), ("b", [3]), ("c", [1])])), 1),
      ("clipping", try optimizer(SGD(momentum: 0.8), rate: 0.2, clipping: .none), 3),
    ]
    for (what, other, count) in others {
      let error = try #require(throws: StateError.self) { try mine.load(other.state()) }
      #expect(error.mismatches.count >= count && error.description.contains(what), "\(error)")
      #expect(try mine.slot("momentum") == before.0)
      #expect(mine.completedSteps == before.1)
    }
    var single = try Optimizer<Float>(SGD(momentum: 0.9), learningRate: 0.1, clipping: .norm(1), for: layout)
    let state = try mine.state()
    let asFloat = OptimizerState<Float>(
      head: try JSONDecoder().decode(
        OptimizerState<Float>.Head.self, from: JSONEncoder().encode(state.head)),
      slots: ["momentum": ParameterSet(zeros: layout)])
    #expect(throws: StateError.self) { try single.load(asFloat) }
    var missing = state
    missing.slots = [:]
    #expect(throws: StateError.self) { try mine.load(missing) }
    var negative = state
    negative.head.completedSteps = -1
    #expect(throws: StateError.self) { try mine.load(negative) }
  }

  @Test func loadingEndsWhatAnOverflowBegan() throws {
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 1e308, count: 1)
    let good = try optimizer.state()
    var x = [-1e308]
    let report = try optimizer.step(&x, gradient: [10])
    #expect(report.overflow != nil)
    #expect(throws: StepError.self) { try optimizer.step(&x, gradient: [0]) }
    try optimizer.load(good)
    x = [1]
    #expect(try optimizer.step(&x, gradient: [0]).step == 1)
  }

  @Test func aUsersScheduleIsNotSaved() throws {
    let optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(.custom("mine") { _ in 0.1 }), count: 1)
    let state = try optimizer.state()
    #expect(throws: (any Error).self) { try JSONEncoder().encode(state.head) }
  }
}

extension StepReport {
  /// The report with NaN as -1, so that two reports of a skipped step are equal.
  fileprivate var withoutNaN: StepReport {
    guard gradientNorm.isNaN else { return self }
    let text = try? JSONEncoder.withNaN.encode(self)
    var fields = text.flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] } ?? [:]
    fields["gradientNorm"] = -1
    let data = try? JSONSerialization.data(withJSONObject: fields)
    return data.flatMap { try? JSONDecoder().decode(StepReport.self, from: $0) } ?? self
  }
}

extension JSONEncoder {
  fileprivate static var withNaN: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}
