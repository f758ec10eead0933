internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// Where to begin with some data and a model: the settings of a fit, and a sentence for each that says why.
///
/// A function of the data and the options alone.
struct Recommendation {
  /// One setting.
  struct Item: Encodable {
    let name: String
    let value: String
    let reason: String
  }

  private(set) var items: [Item] = []
  /// The fit with all of it.
  private(set) var setup: FitSetup
  /// The rates among which the best should be.
  let rates: RateCandidates

  /// The steps that a fit is given if nobody says otherwise.
  private static let steps = 1_000

  init(_ data: String, _ model: FitModelOptions, batchSize: Int?, epochs: Int?, asIs: Bool) throws {
    var rows = try FitRows(contentsOf: data, model)
    try Refusal.check(rows.training)
    let features = Self.features(rows.training, isAsked: model.standardize, asIs: asIs)
    setup = FitSetup(
      data: data, model: model, learningRate: nil, schedule: try FitScheduleOptions.parse([]),
      training: try FitTrainingOptions.parse([]))
    setup.model.standardize = features.isStandardized
    // In place: a copy would need memory that was not asked for.
    let standardisation = try rows.standardise(setup.model)
    let problem = try FitProblem(prepared: rows, standardisation, setup.model)
    rates = try .around(problem, below: 3, above: 2)

    items.append(features.item)
    takeBatches(problem, given: batchSize)
    takeEpochs(problem, given: epochs)
    let safe = try 1 / problem.regression.smoothness()
    note("rates", rates.span, "five decades around 1/L = \(short(safe)); the curvature nowhere exceeds L")
    try takeRate(problem, safe: safe)
  }

  private mutating func note(_ name: String, _ value: String, _ reason: String) {
    items.append(Item(name: name, value: value, reason: reason))
  }

  // MARK: - The data

  /// Whether to standardize the features: one rate has to suit all.
  private static func features(_ data: Dataset, isAsked: Bool, asIs: Bool) -> (isStandardized: Bool, item: Item) {
    let spread = data.spread
    let sizes = "their sizes differ by a factor of \(short(spread))"
    func item(_ value: String, _ reason: String) -> Item { Item(name: "features", value: value, reason: reason) }
    if isAsked { return (true, item("standardized", "as you asked for")) }
    if asIs {
      return (
        false,
        item(
          "as they are", "as you asked for; but \(sizes), so the rate will be small for some, which want more epochs")
      )
    }
    return spread > 10
      ? (true, item("standardized", "\(sizes), and one rate has to suit all (--as-is leaves them)"))
      : (false, item("as they are", "\(sizes) at most, so one rate suits all"))
  }

  private mutating func takeBatches(_ problem: FitProblem, given: Int?) {
    let rows = problem.training.rowCount
    if let given {
      setup.training.batchSize = given
      note("batch size", "\(setup.batchSize(for: problem))", "as you asked for")
    } else if problem.kind == .linear, rows <= 10_000 {
      note(
        "batch size", "all \(rows) rows", "least squares over so few rows is cheap, and has a safe rate that is known")
    } else if rows <= 32 {
      note("batch size", "all \(rows) rows", "they are no more than one batch")
    } else {
      let size = rows < 1_000 ? 32 : rows < 10_000 ? 64 : 256
      setup.training.batchSize = size
      note(
        "batch size", "\(size)", "\((rows + size - 1) / size) steps for each look at the \(rows) rows, instead of one")
    }
  }

  private mutating func takeEpochs(_ problem: FitProblem, given: Int?) {
    let stepsPerEpoch = setup.stepsPerEpoch(for: problem)
    setup.training.epochs = given ?? min(1_000, max(10, (Self.steps + stepsPerEpoch - 1) / stepsPerEpoch))
    note(
      "epochs", "\(setup.training.epochs)",
      given == nil
        ? "\(setup.training.epochs * stepsPerEpoch) steps; momentum \(setup.training.sgdMomentum) forgets within "
          + "\(short(1 / (1 - setup.training.sgdMomentum)))"
        : "as you asked for")
  }

  // MARK: - The rate

  private mutating func takeRate(_ problem: FitProblem, safe: Double) throws {
    // Five passes average the noise of the batches away, at the cost of a few hundred steps.
    let isWhole = setup.batchSize(for: problem) == problem.training.rowCount
    let search = try RangeSearch(setup, problem: problem, passes: isWhole ? 1 : 5)
    var norms: [(rate: Double, norm: Double)] = []
    let result = try search.run { step, _, norm in norms.append((step.learningRate, norm)) }
    if case .refused(let refusal) = result.steepest { try Refusal.check(refusal) }

    let (rate, reason): (Double, String)
    if isWhole, problem.kind == .linear {
      (rate, reason) = (
        safe, "1/L: the objective is a parabola, for which every rate below 2/L is stable"
      )
    } else {
      switch result.steepest {
      case .rate(let steepest):
        (rate, reason) = (steepest, "where the loss fell fastest while a range test raised the rate from step to step")
      case .refused(let refusal):
        (rate, reason) = (safe, "1/L, because the range test shows no rate: \(refusal)")
      }
    }
    setup.learningRate = rate.rounded(.down, digits: 2)
    note("learning rate", String(format: "%g", rate.rounded(.down, digits: 2)), reason)
    takeSchedule(problem, isWhole: isWhole)
    takeClip(norms.filter { $0.rate <= rate }.map(\.norm).max())
  }

  private mutating func takeSchedule(_ problem: FitProblem, isWhole: Bool) {
    if isWhole {
      return note("schedule", "constant", "a full batch has no noise that a falling rate would have to quiet")
    }
    let warmup = max(1, setup.training.epochs * setup.stepsPerEpoch(for: problem) / 20)
    setup.schedule.schedule = ScheduleKindOption.cosine.rawValue
    setup.schedule.warmup = warmup
    note(
      "schedule", "cosine after \(warmup) steps of warm-up",
      "the first gradients are the largest, and at the end the noise of the batches has to die away")
  }

  private mutating func takeClip(_ largest: Double?) {
    guard let largest, largest > 0, largest.isFinite else { return }
    let clip = largest.rounded(.up, digits: 2)
    setup.training.clipNorm = clip
    note(
      "clip norm", String(format: "%g", clip),
      "no gradient was longer at rates up to this one, so only a step out of the ordinary is cut")
  }
}

private func short(_ value: Double) -> String { String(format: "%.3g", value) }

extension Dataset {
  /// The largest of the features' root mean squares over the least that is not 0.
  fileprivate var spread: Double {
    var squares = [Double](repeating: 0, count: columnCount)
    for (index, value) in features.enumerated() { squares[index % columnCount] += value * value }
    let present = squares.filter { $0 > 0 }
    guard let least = present.min(), let largest = present.max() else { return 1 }
    return (largest / least).squareRoot()
  }
}

extension Double {
  /// With so many significant decimal digits.
  func rounded(_ rule: FloatingPointRoundingRule, digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    let exponent = Int(log10(magnitude).rounded(.down)) - digits + 1
    // Through a power that is a whole number, and text, so that the result is the nearest to a short decimal.
    let scaled = exponent < 0 ? self * pow(10, Double(-exponent)) : self / pow(10, Double(exponent))
    guard scaled.isFinite else { return self }
    return Double("\(Int(scaled.rounded(rule)))e\(exponent)") ?? self
  }
}

extension Recommendation {
  /// Why nothing is recommended, and what to do.
  struct Refusal: Error, CustomStringConvertible {
    let description: String

    static func check(_ data: Dataset) throws(Refusal) {
      if data.rowCount < 10 {
        throw Refusal(
          description:
            "\(counted(data.rowCount, "row")) can say nothing about a rate; give at least 10, or begin with "
            + "\"descent fit\", whose rate is 1/L")
      }
      if data.targets.allSatisfy({ $0 == data.targets[0] }) {
        throw Refusal(
          description:
            "all targets are \(data.targets[0]), so there is nothing to learn; name another column with --target")
      }
    }

    static func check(_ refusal: Suggestion.Refusal) throws(Refusal) {
      switch refusal {
      case .neverFell, .noise:
        throw Refusal(
          description:
            "no rate is recommended: over seven decades around 1/L, \(refusal). Are the right columns features and "
            + "target? \"descent tune\" looks closer")
      default: break
      }
    }
  }
}
