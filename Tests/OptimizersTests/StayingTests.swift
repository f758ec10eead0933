import Descent
import TestSupport
import Testing

/// Tensors that stay where they are for a while, with every rule and on every way through the engine.
@Suite struct StayingTests {
  /// What takes no part: its parameters, and its part of every array that a checkpoint has.
  private static func kept<Scalar: TensorScalar>(
    _ name: String, _ optimizer: Optimizer<Scalar>, _ x: ParameterSet<Scalar>
  ) throws -> [[Scalar]] {
    let (state, slots) = (try optimizer.state(), try optimizer.state().slots)
    // What NovoGrad remembers is measured of the tensor; what other rules remember is a clock, which goes on.
    let measured = state.head.memory[name]?["meanSquareNorm"].map { [Scalar($0)] } ?? []
    return [x[name]!.elements, measured]
      + slots.keys.sorted().filter { !$0.hasPrefix("rate/") }.map {
        slots[$0]![name]?.elements ?? []
      }
  }

  /// The shape of each kind that a rule may treat by itself.
  private static let names = ["weights", "bias", "scale", "long"]

  @Test(arguments: Sample.all) func aTensorWithoutAGradientStaysWithItsState(_ sample: Sample) throws {
    try forBothScalars(Absent(sample: sample))
  }

  private struct Absent: ScalarTest {
    let sample: Sample
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      for name in names {
        var generator = SeededGenerator(seed: 211)
        var optimizer = try sample.optimizer(for: model.layout, type)
        var listed = optimizer
        let start: [[Scalar]] = model.random(in: -2...2, using: &generator)
        var (x, list) = (try model.set(start), try model.list(start))
        for step in 1...6 {
          var gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
          let absent: Set<String> = [1, 3, 4].contains(step) ? [name] : []
          let before = try kept(name, optimizer, x)
          if !absent.isEmpty { gradients[model.layout.position(of: name)!][0] = .nan }
          let rehearsed = try optimizer.dryRun(x, gradients: model.set(gradients), absent: absent)
          let rehearsedList = try listed.dryRun(list, gradients: model.list(gradients), absent: absent)
          let report = try optimizer.step(&x, gradients: model.set(gradients), absent: absent)
          let inList = try listed.step(&list, gradients: model.list(gradients), absent: absent)
          #expect(report == inList && rehearsed == rehearsedList && report.overflow == nil, Trace.comment)
          #expect(rehearsed.updateNorm == report.updateNorm, Trace.comment)
          let after = try kept(name, optimizer, x)
          if absent.isEmpty {
            #expect(after != before, "\(name) takes no part in step \(step), \(Trace.current)")
          } else {
            for (got, expected) in zip(after, before) { expectBitsEqual(got, expected, name) }
          }
        }
        for (got, expected) in zip(model.arrays(x), list) {
          expectBitsEqual(got, expected.elements)
          #expect(got.allSatisfy { $0.isFinite }, Trace.comment)
        }
      }
    }
  }

  @Test(arguments: Sample.all) func aFrozenTensorStaysWithItsStateAndGoesOn(_ sample: Sample) throws {
    try forBothScalars(Frozen(sample: sample))
  }

  private struct Frozen: ScalarTest {
    let sample: Sample
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let model = try Model.mixed()
      for name in names {
        var generator = SeededGenerator(seed: 212)
        var optimizer = try sample.optimizer(for: model.layout, type)
        let groups = optimizer.groups
        let frozen =
          groups.map {
            var group = $0
            group.tensors.remove(name)
            return group
          } + [ParameterGroup("frozen", tensors: [name], isFrozen: true)]
        var x = try model.set(model.random(in: -2...2, using: &generator) as [[Scalar]])
        for step in 1...6 {
          if step == 3 { try optimizer.regroup(frozen) }
          if step == 5 { try optimizer.regroup(groups) }
          var gradients: [[Scalar]] = model.random(in: -3...3, using: &generator)
          let isFrozen = 3...4 ~= step
          if isFrozen { gradients[model.layout.position(of: name)!][0] = .nan }
          let before = try kept(name, optimizer, x)
          let report = try optimizer.step(&x, gradients: model.set(gradients))
          let after = try kept(name, optimizer, x)
          #expect(report.overflow == nil, Trace.comment)
          if isFrozen {
            for (got, expected) in zip(after, before) { expectBitsEqual(got, expected, name) }
          } else {
            #expect(after != before, "\(name) takes no part in step \(step), \(Trace.current)")
          }
        }
        #expect(model.arrays(x).joined().allSatisfy { $0.isFinite }, Trace.comment)
      }
    }
  }

  /// Groups that say nothing new, made and undone in the middle of a run, are as if they had never been.
  @Test(arguments: Sample.all.filter { $0.clipping.normLimit?.scope != .group && $0.grouped.isEmpty })
  func groupsThatSayNothingChangeNothing(_ sample: Sample) throws {
    let model = try Model.mixed()
    func run(regroups: Bool) throws -> Outcome<Double> {
      var generator = SeededGenerator(seed: 213)
      var optimizer: Optimizer<Double> = try sample.optimizer(for: model.layout)
      var x = try model.set(model.random(in: -2...2, using: &generator) as [[Double]])
      var reports: [StepReport] = []
      for step in 1...6 {
        if regroups, step == 3 { try optimizer.regroup([ParameterGroup("some", tensors: ["bias", "weights"])]) }
        if regroups, step == 5 { try optimizer.regroup([]) }
        let gradients: [[Double]] = model.random(in: -3...3, using: &generator)
        reports.append(try optimizer.step(&x, gradients: model.set(gradients)))
      }
      return Outcome(parameters: model.arrays(x), slots: try optimizer.slots(of: sample.rule), reports: [])
    }
    expectBitsEqual(try run(regroups: true), try run(regroups: false))
  }

  /// A tensor that was handed to another rule and back is moved by what its own rule still knows.
  @Test(arguments: Sample.ofEveryRule) func aTensorIsHandedToAnotherRuleAndBack(_ sample: Sample) throws {
    let model = try Model.mixed()
    for other in [SGD(momentum: 0.9), Adam(), Muon(), Adafactor(), Prodigy()] as [any UpdateRule] {
      var generator = SeededGenerator(seed: 214)
      var optimizer = try Optimizer<Double>(sample.rule, learningRate: 0.01, for: model.layout)
      var x = try model.set(model.random(in: -2...2, using: &generator) as [[Double]])
      for step in 1...6 {
        if step == 3 {
          try optimizer.regroup([ParameterGroup("other", tensors: ["weights", "bias"], rule: other)])
        }
        if step == 5 { try optimizer.regroup([]) }
        let gradients: [[Double]] = model.random(in: -3...3, using: &generator)
        let report = try optimizer.step(&x, gradients: model.set(gradients))
        #expect(report.step == step && report.overflow == nil, "\(other)")
      }
      #expect(model.arrays(x).joined().allSatisfy { $0.isFinite }, "\(other)")
    }
  }
}
