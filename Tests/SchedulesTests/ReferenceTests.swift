import Foundation
import Schedules
import Testing

/// The rates of PyTorch and optax, and formulas evaluated in fifty digits (`Tests/Reference/schedules.json`).
@Suite struct ReferenceTests {
  /// How each peer's schedule is written here. What reacts to a metric is no schedule and is tested elsewhere.
  static let table: [String: @Sendable (Parameters) -> Schedule] = [
    "constant_factor.torch": { p in
      .piecewise(from: p["base_lr"] * p["factor"], [(at: p["total_iters"], to: p["base_lr"])])
    },
    "linear.torch": { p in
      .linear(from: p["start_factor"], to: p["end_factor"], over: p["total_iters"]).scaled(by: p["base_lr"])
    },
    "polynomial.torch": { p in .polynomial(from: p["base_lr"], power: p["power"], over: p["total_iters"]) },
    "exponential.torch": { p in .exponential(from: p["base_lr"], factor: p["gamma"]) },
    "step.torch": { p in .step(from: p["base_lr"], factor: p["gamma"], every: p["step_size"]) },
    // A milestone that is named twice counts twice in PyTorch; here the second one is a factor of its own.
    "multistep.torch": { p in
      let milestones: [Int] = p["milestones"]
      let repeated = milestones.indices.dropFirst().filter { milestones[$0] == milestones[$0 - 1] }
      let once = Array(Set(milestones)).sorted()
      return .product(
        .milestones(from: p["base_lr"], factor: p["gamma"], at: once),
        .milestones(from: 1, factor: p["gamma"], at: repeated.map { milestones[$0] }))
    },
    // PyTorch's cosine rises again; said by a repetition.
    "cosine.torch": { p in
      .cosine(from: p["base_lr"], to: p["eta_min"], over: p["T_max"])
        .then(.cosine(from: p["eta_min"], to: p["base_lr"], over: p["T_max"]))
        .repeating(every: 2 * p["T_max"])
    },
    "cosine_warm_restarts.torch": { p in
      .warmRestarts(from: p["base_lr"], to: p["eta_min"], every: p["T_0"], lengthFactor: p["T_mult"])
    },
    "one_cycle.torch": { p in
      .oneCycle(
        peak: p["max_lr"], over: p["total_steps"], rise: p["pct_start"], startDivisor: p["div_factor"],
        endDivisor: p["final_div_factor"], shape: p.text("anneal_strategy") == "cos" ? .cosine : .linear,
        phases: p.flag("three_phase") ? .three : .two, ends: .pyTorch)
    },
    "cyclic.torch": { p in
      .cyclic(
        from: p["base_lr"], to: p["max_lr"], rising: p["step_size_up"], falling: p["step_size_down"],
        amplitude: p.text("mode") == "triangular"
          ? .constant : p.text("mode") == "triangular2" ? .halving : .exponential(factor: p["gamma"]))
    },
    "lambda.torch": { p in
      .product(.exponential(from: p["base_lr"], factor: p["d"]), .timeBased(from: 1, decay: 1))
    },
    "multiplicative.torch": { p in
      let (base, d): (Double, Double) = (p["base_lr"], p["d"])
      return .custom("not at multiples of three") { t in base * pow(d, Double(t - t / 3)) }
    },
    "warmup_cosine.torch": { p in
      .warmup(to: p["base_lr"], over: p["warmup_steps"], startFactor: p["start_factor"])
        .then(.cosine(from: p["base_lr"], to: p["eta_min"], over: p["total_steps"] - p["warmup_steps"]))
    },
    "sequential.torch": { p in
      let parts = p.list("parts").map { factorOfTorch($0).scaled(by: p["base_lr"]) }
      let milestones: [Int] = p["milestones"]
      return zip(parts.dropFirst(), milestones).reduce(parts[0]) { $0.then($1.0, after: $1.1) }
    },
    "chained.torch": { p in
      p.list("parts").reduce(.constant(p["base_lr"])) { .product($0, factorOfTorch($1)) }
    },

    "constant.optax": { p in .constant(p["value"]) },
    "linear.optax": { p in
      .linear(from: p["init_value"], to: p["end_value"], over: p["transition_steps"])
        .shifted(by: p["transition_begin"])
    },
    "polynomial.optax": { p in
      .polynomial(from: p["init_value"], to: p["end_value"], power: p["power"], over: p["transition_steps"])
        .shifted(by: p["transition_begin"])
    },
    "exponential.optax": { p in exponentialOfOptax(from: "init_value", p) },
    "piecewise_constant.optax": { p in .piecewise(from: p["init_value"], changesOfOptax(p)) },
    "piecewise_interpolate.optax": { p in
      .piecewise(
        from: p["init_value"], changesOfOptax(p), shape: Annealing(rawValue: p.text("interpolate_type"))!)
    },
    "cosine.optax": { p in
      .cosine(
        from: p["init_value"], to: p["init_value"] * p["alpha"], over: p["decay_steps"], power: p["exponent"])
    },
    "warmup_constant.optax": { p in
      .linear(from: p["init_value"], to: p["peak_value"], over: p["warmup_steps"])
    },
    "warmup_cosine.optax": warmupCosineOfOptax,
    "warmup_exponential.optax": { p in
      .linear(from: p["init_value"], to: p["peak_value"], over: p["warmup_steps"])
        .then(exponentialOfOptax(from: "peak_value", p))
    },
    // optax cuts at int(fraction * steps): given levels at given steps.
    "one_cycle.optax": { p in
      let (steps, peak): (Int, Double) = (p["transition_steps"], p["peak_value"])
      let start = peak / p["div_factor"]
      let top = (at: Int(p["pct_start"] * Double(steps)), to: peak)
      let end = (at: steps, to: peak / p["final_div_factor"])
      guard p.has("pct_final") else {
        return .piecewise(from: start, [top, (end.at, end.to / p["div_factor"])], shape: .cosine)
      }
      let back = (at: Int(p["pct_final"] * Double(steps)), to: start)
      return .piecewise(from: start, [top, back, (end.at, start / p["final_div_factor"])], shape: .linear)
    },
    "sequential.optax": { p in
      let parts = p.list("parts").map { part -> Schedule in
        part.text("kind") == "linear"
          ? .linear(from: part["init_value"], to: part["end_value"], over: part["transition_steps"])
          : .cosine(from: part["init_value"], over: part["decay_steps"])
      }
      let boundaries: [Int] = p["boundaries"]
      return zip(parts.dropFirst(), boundaries).reduce(parts[0]) { $0.then($1.0, after: $1.1) }
    },
    "sgdr.optax": { p in
      let cycles = p.list("cosine_kwargs").map(warmupCosineOfOptax)
      return cycles.dropFirst().reduce(cycles[0]) { $0.then($1) }
    },

    "inverse_time.formula": { p in
      .timeBased(
        from: p["base_lr"], decay: p["decay_rate"], every: p["decay_steps"], staircase: p.flag("staircase"))
    },
    "inverse_sqrt.formula": { p in .inverseSquareRoot(peak: p["base_lr"], warmup: p["warmup_steps"]) },
    "noam.formula": { p in
      .noam(modelSize: p["model_size"], warmup: p["warmup_steps"], factor: p["factor"])
    },
    "wsd.formula": { p in
      let shapes: [String: Annealing] = ["linear": .linear, "cosine": .cosine, "one_minus_sqrt": .oneMinusSquareRoot]
      return .warmupStableDecay(
        peak: p["base_lr"], warmup: p["warmup_steps"], stable: p["stable_steps"], decay: p["decay_steps"],
        to: p["min_lr"], shape: shapes[p.text("decay_shape")]!, startFactor: 0)
    },
    "seed_linear.formula": { p in .linear(from: p["alpha0"], to: 0, over: p["T"]) },
    "seed_power.formula": { p in .polynomial(from: p["alpha0"], power: p["gamma"], over: p["T"]) },
  ]

  @Test(arguments: ReferenceFile.shared.schedules)
  func matchesThePeer(_ reference: ReferenceCase) throws {
    let make = try #require(Self.table["\(reference.kind).\(reference.peer)"], "no entry for \(reference.id)")
    let schedule = make(reference.params)
    try schedule.validate()
    expectMatch(schedule, reference.lr, reference)
  }

  @Test(arguments: ReferenceFile.shared.schedules.filter { $0.momentum != nil })
  func theMomentumOfAOneCycleMatchesThePeer(_ reference: ReferenceCase) throws {
    let p = reference.params
    let schedule = Schedule.oneCycleMomentum(
      high: p["max_momentum"], low: p["base_momentum"], over: p["total_steps"], rise: p["pct_start"],
      shape: p.text("anneal_strategy") == "cos" ? .cosine : .linear, phases: p.flag("three_phase") ? .three : .two,
      ends: .pyTorch)
    try schedule.validate()
    expectMatch(schedule, try #require(reference.momentum), reference)
  }

  @Test func theWholeFileIsUsed() {
    #expect(ReferenceFile.shared.schedules.count == 113)
    #expect(ReferenceFile.shared.schedules.filter { $0.momentum != nil }.count == 8)
    #expect(Set(ReferenceFile.shared.schedules.map { "\($0.kind).\($0.peer)" }) == Set(Self.table.keys))
  }

  func expectMatch(_ schedule: Schedule, _ expected: [Double], _ reference: ReferenceCase) {
    let slack = reference.tolerance.absoluteTimesLargestRate * expected.max()!
    for (t, rate) in expected.enumerated() {
      #expect(
        abs(schedule(t) - rate) <= reference.tolerance.relative * abs(rate) + slack,
        "\(reference.id) at \(t): \(schedule(t)), the peer has \(rate)")
    }
  }

  /// A part of PyTorch's composites, as a factor of the base rate.
  static func factorOfTorch(_ p: Parameters) -> Schedule {
    switch p.text("kind") {
    case "constant_factor": .piecewise(from: p["factor"], [(at: p["total_iters"], to: 1)])
    case "exponential": .exponential(from: 1, factor: p["gamma"])
    default: .step(from: 1, factor: p["gamma"], every: p["step_size"])
    }
  }

  static func exponentialOfOptax(from name: String, _ p: Parameters) -> Schedule {
    .exponential(
      from: p[name], factor: p["decay_rate"], every: p["transition_steps"], staircase: p.flag("staircase"),
      floor: p.has("end_value") ? p["end_value"] : 0
    ).shifted(by: p["transition_begin"])
  }

  /// optax lists scales, each of the value before.
  static func changesOfOptax(_ p: Parameters) -> [(at: Int, to: Double)] {
    var value: Double = p["init_value"]
    return p.steps("boundaries_and_scales").sorted { $0.key < $1.key }.map { step, scale in
      value *= scale
      return (at: step, to: value)
    }
  }

  @Sendable static func warmupCosineOfOptax(_ p: Parameters) -> Schedule {
    .linear(from: p["init_value"], to: p["peak_value"], over: p["warmup_steps"])
      .then(
        .cosine(
          from: p["peak_value"], to: p["end_value"], over: p["decay_steps"] - p["warmup_steps"],
          power: p.has("exponent") ? p["exponent"] : 1))
  }
}

/// The reference file, read once.
struct ReferenceFile: Decodable, Sendable {
  let cases: [ReferenceCase]

  /// The cases that are functions of the step.
  var schedules: [ReferenceCase] { cases.filter { $0.kind != "reduce_on_plateau" } }

  static let shared: ReferenceFile = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Reference/schedules.json")
    do {
      return try JSONDecoder().decode(ReferenceFile.self, from: Data(contentsOf: url))
    } catch {
      fatalError("\(url.path): \(error)")
    }
  }()
}

struct ReferenceCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Tolerance: Decodable, Sendable {
    let relative: Double
    let absoluteTimesLargestRate: Double

    enum CodingKeys: String, CodingKey {
      case relative = "rel"
      case absoluteTimesLargestRate = "abs_times_max_lr"
    }
  }

  let id: String
  let kind: String
  let peer: String
  let params: Parameters
  let tolerance: Tolerance
  let lr: [Double]
  let momentum: [Double]?

  var testDescription: String { id }
}

/// The parameters of a case, under the peer's names.
struct Parameters: Decodable, Sendable {
  enum Value: Decodable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Value])
    case object(Parameters)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else {
        self = .object(try container.decode(Parameters.self))
      }
    }

    var number: Double { if case .number(let number) = self { number } else { .nan } }
  }

  let values: [String: Value]

  init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: Value].self)
  }

  // A parameter that is missing becomes NaN or a step far below 0, so that no such schedule can pass.
  subscript(_ name: String) -> Double { values[name]?.number ?? .nan }
  subscript(_ name: String) -> Int { Int(exactly: self[name] as Double) ?? .min }
  subscript(_ name: String) -> [Int] {
    if case .list(let list) = values[name] { list.map { Int(exactly: $0.number) ?? .min } } else { [.min] }
  }

  func has(_ name: String) -> Bool {
    switch values[name] {
    case .none, .null: false
    default: true
    }
  }

  func flag(_ name: String) -> Bool { if case .flag(true) = values[name] { true } else { false } }
  func text(_ name: String) -> String { if case .text(let text) = values[name] { text } else { "" } }

  func list(_ name: String) -> [Parameters] {
    guard case .list(let list) = values[name] else { return [] }
    return list.compactMap { if case .object(let parameters) = $0 { parameters } else { nil } }
  }

  func steps(_ name: String) -> [(key: Int, value: Double)] {
    guard case .object(let object) = values[name] else { return [] }
    return object.values.map { (key: Int($0.key) ?? .min, value: $0.value.number) }
  }
}
