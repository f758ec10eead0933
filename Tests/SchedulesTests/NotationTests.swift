import Foundation
import Schedules
import TestSupport
import Testing

/// Text, saved form and value of a schedule are one.
@Suite struct NotationTests {
  // MARK: - What a person types

  static let texts: [(String, Schedule)] = [
    ("0.1", 0.1), (".1", 0.1), ("1e-3", 0.001), ("1E3", 1_000), ("2.5e+2", 250), ("3_000", 3_000), ("1_0.2_5", 10.25),
    ("10k", 10_000), ("1.5k", 1_500), ("2M", 2_000_000), ("0", 0), ("  0.1\t\r\n", 0.1), ("(((0.1)))", 0.1),
    ("constant(0.1)", 0.1), ("9007199254740993", .constant(9_007_199_254_740_992)),

    ("linear(0.1 -> 0.01, 1000)", .linear(from: 0.1, to: 0.01, over: 1_000)),
    ("linear(0.1->0.01,1000)", .linear(from: 0.1, to: 0.01, over: 1_000)),
    ("linear(0.1 -> 0.01, 1k)", .linear(from: 0.1, to: 0.01, over: 1_000)),
    ("linear(0.1 -> 0.01, 1e3)", .linear(from: 0.1, to: 0.01, over: 1_000)),
    ("linear(0.1 -> 0.01, 1.5e1)", .linear(from: 0.1, to: 0.01, over: 15)),
    ("linear(from 0.1, to 0.01, over 10)", .linear(from: 0.1, to: 0.01, over: 10)),
    ("linear(over: 10, to=0.01, from 0.1)", .linear(from: 0.1, to: 0.01, over: 10)),
    ("linear(10, from 0.1 -> 0.01)", .linear(from: 0.1, to: 0.01, over: 10)),
    ("polynomial(0.1 -> 0, 1000, power 2)", .polynomial(from: 0.1, to: 0, power: 2, over: 1_000)),
    ("polynomial(0.1, power 2, 1000, cycle)", .polynomial(from: 0.1, power: 2, over: 1_000, cycle: true)),
    ("polynomial(0.1, 9, cycle false)", .polynomial(from: 0.1, over: 9)),
    ("milestones(0.1, [30, 60])", .milestones(from: 0.1, at: [30, 60])),
    ("milestones(0.1, at [])", .milestones(from: 0.1, at: [])),
    ("milestones(0.1, at 30)", .milestones(from: 0.1, at: [30])),
    ("piecewise(1, [2], [3], shape linear)", .piecewise(from: 1, [(at: 2, to: 3)], shape: .linear)),
    ("piecewise(1, [2], [3], shape nil)", .piecewise(from: 1, [(at: 2, to: 3)])),
    ("cyclic(0 -> 1, rising 4, amplitude halving)", .cyclic(from: 0, to: 1, rising: 4, amplitude: .halving)),
    (
      "cyclic(0 -> 1, amplitude exponential(factor 0.9))",
      .cyclic(from: 0, to: 1, amplitude: .exponential(factor: 0.9))
    ),
    ("oneCycle(0.1, 100, phases three)", .oneCycle(peak: 0.1, over: 100, phases: .three)),
    ("warmup(0.1, 500, startFactor 0.25)", .warmup(to: 0.1, over: 500, startFactor: 0.25)),
    (
      "warmupStableDecay(0.1 -> 0.01, 1, 2, 3)", .warmupStableDecay(peak: 0.1, warmup: 1, stable: 2, decay: 3, to: 0.01)
    ),

    ("0.1 * cosine(1 -> 0, 100)", Schedule.cosine(from: 1, over: 100).scaled(by: 0.1)),
    ("cosine(1 -> 0, 100) * 0.1", Schedule.cosine(from: 1, over: 100).scaled(by: 0.1)),
    ("2 * 3", Schedule.constant(3).scaled(by: 2)),
    ("constant(2) * constant(3)", .product(2, 3)),
    (
      "2 * step(1, 3) * noam(4)",
      .product(Schedule.step(from: 1, every: 3).scaled(by: 2), .noam(modelSize: 4))
    ),
    ("repeat(cyclic(0 -> 1, rising 9), 100)", Schedule.cyclic(from: 0, to: 1, rising: 9).repeating(every: 100)),
    ("repeating(1, every 2)", Schedule.constant(1).repeating(every: 2)),
    ("clamp(1)", Schedule.constant(1).clamped()),
    ("clamp(1, min 0.1)", Schedule.constant(1).clamped(min: 0.1)),
    ("clamp(1, max inf)", Schedule.constant(1).clamped()),
    ("min(1, 2)", .minimum(1, 2)), ("max(1, 2)", .maximum(1, 2)),
    ("shift(1, -5)", Schedule.constant(1).shifted(by: -5)),
    ("per epoch 50: cosine(1, 9)", Schedule.cosine(from: 1, over: 9).perEpoch(of: 50)),
    (
      "per epoch 50: cosine(1, 9) then 0.1",
      Schedule.cosine(from: 1, over: 9).then(0.1).perEpoch(of: 50)
    ),
    (
      "1 for 10 then 2 * per epoch 50: 3 * 4",
      Schedule.constant(1).then(Schedule.constant(4).scaled(by: 3).perEpoch(of: 50).scaled(by: 2), after: 10)
    ),
  ]

  @Test(arguments: texts)
  func isReadAsItIsMeant(_ text: String, _ schedule: Schedule) throws {
    #expect(try Schedule(notation: text) == schedule)
  }

  @Test func partsAreJoinedAsSwiftJoinsThem() throws {
    let (a, b, c) = (
      Schedule.linear(from: 1, to: 2, over: 3), Schedule.cosine(from: 2, over: 4), Schedule.noam(modelSize: 5)
    )
    let (x, y, z) = ("linear(1 -> 2, 3)", "cosine(2, 4)", "noam(5)")
    let texts: [(String, Schedule)] = [
      ("\(x) then \(y)", a.then(b)), ("\(x) then \(y) then \(z)", a.then(b).then(c)),
      ("(\(x) then \(y)) then \(z)", a.then(b).then(c)), ("\(x) then (\(y) then \(z))", a.then(b.then(c))),
      ("\(x) for 2 then \(y)", a.then(b, after: 2)),
      ("0.1 for 30 then 0.01", Schedule.constant(0.1).then(0.01, after: 30)),
      // Each part has its own length: 30 steps of the first, then 40 of the second.
      ("0.1 for 30 then 0.01 for 40 then 0.001", Schedule.constant(0.1).then(0.01, after: 30).then(0.001, after: 70)),
      ("\(x) then \(y) for 9 then \(z)", a.then(b).then(c, after: 12)),
      ("(\(x) then \(y)) for 9 then \(z)", a.then(b).then(c, after: 9)),
      ("\(z) for 0 then \(x)", c.then(a, after: 0)),
      ("2 * \(x) then \(y)", a.scaled(by: 2).then(b)), ("2 * (\(x) then \(y))", a.then(b).scaled(by: 2)),
      ("then(\(x), \(y))", a.then(b)), ("then(\(x), \(y), after 2)", a.then(b, after: 2)),
    ]
    for (text, schedule) in texts {
      #expect(try Schedule(notation: text) == schedule, "\(text)")
    }
  }

  @Test func aWarmupRisesToWhatFollows() throws {
    let cosine = Schedule.cosine(from: 0.1, over: 9_500)
    let texts: [(String, Schedule)] = [
      ("warmup(500) then cosine(0.1 -> 0, 9500)", .warmup(to: 0.1, over: 500).then(cosine)),
      ("warmup(500) for 100 then 0.3", .warmup(to: 0.3, over: 500).then(0.3, after: 100)),
      ("warmup(0.2, 500) then cosine(0.1, 9500)", .warmup(to: 0.2, over: 500).then(cosine)),
      ("warmup(500, to 0.2) then cosine(0.1, 9500)", .warmup(to: 0.2, over: 500).then(cosine)),
      ("warmup(500, startFactor 0.5) then 0.1", .warmup(to: 0.1, over: 500, startFactor: 0.5).then(0.1)),
      ("untunedAdamWarmup() then 0.1", .untunedAdamWarmup(to: 0.1).then(0.1)),
      (
        "exponentialWarmup(timeConstant 9) for 90 then 0.1",
        .exponentialWarmup(to: 0.1, timeConstant: 9).then(0.1, after: 90)
      ),
      // The first value of the second warm-up is a tenth of what it rises to.
      ("warmup(5) then warmup(10) then 2", .warmup(to: 0.2, over: 5).then(.warmup(to: 2, over: 10)).then(2)),
      ("warmup(5) then (warmup(10) then 2)", .warmup(to: 0.2, over: 5).then(.warmup(to: 2, over: 10).then(2))),
      ("(1 for 3 then warmup(5)) then 2", Schedule.constant(1).then(.warmup(to: 2, over: 5), after: 3).then(2)),
      ("warmup(5) then 0.5 * 0.1", .warmup(to: 0.05, over: 5).then(Schedule.constant(0.1).scaled(by: 0.5))),
      ("per epoch 9: warmup(5) then 1", .warmup(to: 1, over: 5).then(1).perEpoch(of: 9)),
    ]
    for (text, schedule) in texts {
      #expect(try Schedule(notation: text) == schedule, "\(text)")
    }
  }

  /// The list of parameters that the notation reads, against the factories.
  @Test func theDefaultsAreThoseOfTheFactories() throws {
    let texts: [(String, Schedule)] = [
      ("decrement(1, 2)", .decrement(from: 1, by: 2)), ("polynomial(1, 2)", .polynomial(from: 1, over: 2)),
      ("timeBased(1, 2)", .timeBased(from: 1, decay: 2)), ("exponential(1, 2)", .exponential(from: 1, factor: 2)),
      ("step(1, 2)", .step(from: 1, every: 2)), ("milestones(1, [2])", .milestones(from: 1, at: [2])),
      ("cosine(1, 2)", .cosine(from: 1, over: 2)), ("warmRestarts(1, 2)", .warmRestarts(from: 1, every: 2)),
      ("cyclic(1 -> 2)", .cyclic(from: 1, to: 2)), ("cyclic(1 -> 2, rising 3)", .cyclic(from: 1, to: 2, rising: 3)),
      ("oneCycle(1, 9)", .oneCycle(peak: 1, over: 9)), ("oneCycleMomentum(9)", .oneCycleMomentum(over: 9)),
      ("warmup(1, 2)", .warmup(to: 1, over: 2)), ("untunedAdamWarmup(1)", .untunedAdamWarmup(to: 1)),
      ("exponentialWarmup(1, 2)", .exponentialWarmup(to: 1, timeConstant: 2)),
      ("inverseSquareRoot(1)", .inverseSquareRoot(peak: 1)), ("noam(2)", .noam(modelSize: 2)),
      ("warmupStableDecay(1, 2, 3, 4)", .warmupStableDecay(peak: 1, warmup: 2, stable: 3, decay: 4)),
      ("piecewise(1, [2], [3])", .piecewise(from: 1, [(at: 2, to: 3)])),
      ("clamp(1)", Schedule.constant(1).clamped()), ("scaled(1, 2)", Schedule.constant(1).scaled(by: 2)),
      ("product(1, 2)", .product(1, 2)), ("perEpoch(1, 2)", Schedule.constant(1).perEpoch(of: 2)),
      ("then(1, 2, after 3)", Schedule.constant(1).then(2, after: 3)),
      ("linear(1 -> 2, 3)", .linear(from: 1, to: 2, over: 3)), ("constant(1)", 1),
      ("shift(1, 2)", Schedule.constant(1).shifted(by: 2)),
      ("min(1, 2)", .minimum(1, 2)), ("max(1, 2)", .maximum(1, 2)),
      ("repeat(1, 2)", Schedule.constant(1).repeating(every: 2)),
    ]
    for (text, schedule) in texts {
      #expect(try Schedule(notation: text) == schedule, "\(text)")
    }
    let kinds = texts.map { $0.1.description.prefix { $0 != "(" } }
    #expect(Set(kinds.map(String.init)) == Set(Schedule.kindNames))
  }

  // MARK: - Round trips

  /// Text, saved form and schedule lead to each other, and all have the same values.
  func expectOne(_ schedule: Schedule, validating: Bool = true, _ comment: Comment) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = schedule.notation
    let saved = try encoder.encode(schedule)
    let read = try Schedule(notation: text, validating: validating)
    let loaded = try JSONDecoder().decode(Schedule.self, from: saved)
    // Saved forms are compared along with the values, because NaN differs from itself.
    #expect(try encoder.encode(read) == saved, comment)
    #expect(read.notation == text && loaded.notation == text, comment)
    #expect(areIdentical(read, schedule) && areIdentical(loaded, schedule), comment)
    #expect(read.duration == schedule.duration, comment)
    if !text.contains("nan") { #expect(read == schedule && read == loaded, comment) }
  }

  @Test(arguments: Samples.all)
  func everyKindIsOne(_ schedule: Schedule) throws {
    try expectOne(schedule, "\(schedule)")
  }

  @Test(arguments: curves.map(\.name))
  func everyCurveIsOneWithRandomParameters(_ name: String) throws {
    let make = curves.first { $0.name == name }!.make
    for seed in 1...200 {
      var random = SeededGenerator(seed: UInt64(seed))
      try expectOne(make(&random).schedule, "\(name), seed \(seed)")
    }
  }

  @Test(arguments: 1...300)
  func nestedSchedulesAreOne(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let schedule = random.schedule(depth: 5)
    try expectOne(schedule, "seed \(seed): \(schedule.notation)")
  }

  /// Rows of parts, joined from either side, with and without lengths of their own.
  @Test(arguments: 1...300)
  func joinedSchedulesAreOne(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    func joined(_ depth: Int) -> Schedule {
      let first = depth == 0 || random.length(0...3) == 0 ? random.curve() : joined(depth - 1)
      let second = depth == 0 || random.length(0...3) > 0 ? random.curve() : joined(depth - 1)
      let following: Schedule = random.length(0...1) == 0 ? .warmup(to: second(0), over: random.length()) : first
      return switch random.length(0...2) {
      case 0 where following.duration ?? 0 > 0: following.then(second)
      case 1: first.then(second, after: (first.duration ?? 0) + random.length())
      default: following.then(second, after: random.length(0...50))
      }
    }
    let schedule = joined(4)
    try expectOne(schedule, "seed \(seed): \(schedule.notation)")
  }

  @Test(arguments: (TotalityTests.curves + TotalityTests.operations).map(\.name))
  func absurdSchedulesAreOneToo(_ name: String) throws {
    let make = (TotalityTests.curves + TotalityTests.operations).first { $0.name == name }!.make
    for seed in 1...250 {
      var absurd = TotalityTests.Absurd(random: SeededGenerator(seed: UInt64(seed)))
      let schedule = make(&absurd)
      try expectOne(schedule, validating: false, "seed \(seed): \(schedule.notation)")
    }
  }

  @Test func theEndsOfTheRangesComeBack() throws {
    let numbers: [Double] = [
      .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0.1,
      -0.1, 1.0 / 3, 1e16, 1e22, 1e23, 123_456_789.125, .nan,
    ]
    for number in numbers {
      for schedule: Schedule in [
        .constant(number), .constant(1).clamped(max: number), .constant(1).clamped(min: number),
        .warmup(to: 1, over: 2, startFactor: number), .warmup(to: number, over: 2).then(.constant(number)),
        .piecewise(from: 1, [(at: 1, to: number)]), .cyclic(from: 0, to: 1, amplitude: .exponential(factor: number)),
        .constant(1).scaled(by: number), .product(.constant(number), .constant(number)),
      ] {
        try expectOne(schedule, validating: false, "\(schedule)")
      }
    }
    for count in [Int.max, .min, 0, -1, 1 << 53, (1 << 53) + 1, 1_000_000_000_000_000_000] {
      try expectOne(.constant(1).shifted(by: count), "\(count)")
      try expectOne(.constant(1).then(2, after: count), validating: false, "\(count)")
      try expectOne(.milestones(from: 1, at: [count, 0, count]), validating: false, "\(count)")
    }
    try expectOne(.constant(0.1).clamped(min: 0.01, max: .infinity), "an infinity that is good")
  }

  @Test(arguments: Samples.all)
  func aDescriptionCanBeReadToo(_ schedule: Schedule) throws {
    #expect(try Schedule(notation: schedule.description) == schedule)
  }

  @Test func theTextIsTheOneThatAPersonTypes() throws {
    let texts = [
      "0.1", "warmup(500) then cosine(0.1 -> 0, 9500)", "linear(0.1 -> 0.01, 1000)",
      "polynomial(0.1 -> 0, 1000, power 2)", "0.1 * cosine(1 -> 0, 100)", "repeat(cyclic(0 -> 0.1), every 100)",
      "per epoch 50: warmup(5) then cosine(0.1 -> 0, 85)", "clamp(step(0.1, every 30), min 0.001)",
      "min(0.1, inverseSquareRoot(0.2))", "0.1 for 30 then 0.01 for 30 then 0.001",
      "warmup(100) then 0.1 for 1000 then linear(0.1 -> 0, 100)", "linear(0 -> 1, 9) then (1 for 5 then 0)",
      "2 * (1 for 5 then 0)", "2 * (0.5 * noam(512))", "constant(2) * noam(512) * constant(3)",
      "noam(512) * (step(1, every 2) * noam(2))", "(per epoch 2: 1) for 5 then 0",
      "exponential(0.1, factor 0.9, every 10, staircase)", "untunedAdamWarmup() then 0.001",
    ]
    for text in texts { #expect(try Schedule(notation: text).notation == text) }
  }

  @Test func aClosureIsWrittenAndNotRead() throws {
    let schedule = Schedule.custom("saw) tooth") { _ in 1 }.then(2, after: 5)
    #expect(schedule.notation == "custom(saw) tooth) for 5 then 2")
    let error = #expect(throws: NotationError.self) { try Schedule(notation: schedule.notation) }
    #expect(error?.problem == .closure && error?.column == 1)
  }

  @Test func everyExampleIsOfItsKindAndWrittenAsAlways() throws {
    for (kind, form, isCurve, example) in Schedule.examples {
      let schedule = try Schedule(notation: example.notation)
      #expect(schedule.notation == example.notation)
      #expect(schedule.lint(totalSteps: 100).isEmpty, "\(kind): \(schedule.lint(totalSteps: 100))")
      #expect(schedule.duration ?? 100 <= 100)
      #expect(schedule.description.hasPrefix("\(kind)("))
      #expect(schedule.operands.isEmpty == (isCurve || kind == "then"))
      #expect(!form.isEmpty && !example.formula.isEmpty)
    }
    #expect(Schedule.examples.map(\.kind) == Schedule.kindNames)
  }

  @Test func theFormNamesEveryParameter() throws {
    for (sample, (kind, form, _, _)) in zip(Samples.all, Schedule.examples) {
      let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as! [String: [String: Any]]
      let words = form.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      for name in object[kind]!.keys { #expect(words.contains(name), "\(form) lacks \(name)") }
    }
    let forms = [
      "value", "linear(from -> to, over)", "polynomial(from -> to 0, over, power 1, cycle)",
      "cyclic(from -> to, rising 2000, falling 2000, amplitude constant)", "warmup(to, over, startFactor nil)",
      "oneCycleMomentum(over, high 0.95, low 0.85, rise 0.3, shape cosine, phases two, ends wholeSteps)",
      "clamp(base, min 0, max inf)", "repeat(base, every)", "min(first, second)", "by * base",
    ]
    for form in forms { #expect(Schedule.examples.contains { $0.form == form }, "\(form)") }
  }

  /// No name may look like a part of the grammar.
  @Test func noNameIsAWordOfTheGrammar() throws {
    #expect(Set(Schedule.kindNames).isDisjoint(with: ["for", "per", "epoch", "inf", "nan", "nil", "true", "false"]))
    for sample in Samples.all {
      let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as! [String: [String: Any]]
      for name in object.values.flatMap(\.keys) {
        #expect(!["for", "then", "per", "epoch", "inf", "nan", "nil", "true", "false"].contains(name))
      }
    }
  }
}
