internal import Descent
internal import Foundation

/// What a search by cross-validation found, or had found when it was interrupted.
struct TuneReport: Encodable {
  /// A rate that was fitted to all folds.
  struct Candidate: Encodable {
    let learningRate: Double
    let epochs: Int
    /// The mean loss of the rows held out, over the folds; nil where a fit diverged.
    let loss: Double?
    let standardError: Double?
    /// By fold; nil where the fit diverged.
    let losses: [Double?]
    /// Why a fit diverged, by fold, from 1.
    let reasons: [String: String]

    init(_ score: Score, epochs: Int) throws {
      learningRate = try score.configuration.number("learningRate")
      self.epochs = epochs
      loss = score.mean.isFinite ? score.mean : nil
      standardError = score.standardError
      losses = score.losses.map { $0.isFinite ? $0 : nil }
      reasons = Dictionary(uniqueKeysWithValues: score.reasons.map { ("\($0.key + 1)", $0.value) })
    }
  }

  let search: String
  let model: String
  let data: String
  let rows: Int
  let rates: String
  let plannedRates: Int
  let folds: Int
  let foldKind: String
  let epochs: Int
  let seed: UInt64
  let plannedFits: Int
  let finishedFits: Int
  let isComplete: Bool
  /// By rate, and for the same rate by epochs.
  let candidates: [Candidate]
  /// The least mean loss among the rates that had the most epochs.
  let best: Candidate?
  /// The largest rate within one standard error of the best.
  let chosen: Candidate?
  /// What fits the model with the chosen rate; nil where the search did not come to its end, and where no rate is of use.
  let command: String?
  let remarks: [String]
  private let span: String
  private let isClimbing: Bool
  /// Whether the best rate leads to a smaller loss than no fit at all.
  let isUseful: Bool

  private enum CodingKeys: String, CodingKey {
    case search, model, data, rows, rates, plannedRates, folds, foldKind, epochs, seed, plannedFits, finishedFits
    case isComplete, candidates, best, chosen, command, remarks
  }

  init(_ search: SearchKind, _ study: RateStudy, _ result: StudyResult) throws {
    func candidate(_ score: Score) throws -> Candidate { try Candidate(score, epochs: study.epochs(of: score)) }
    self.search = search.rawValue
    (model, data) = (study.setup.model.model.rawValue, study.setup.data)
    (rows, rates, span) = (study.folds.rowCount, study.rates.description, study.rates.span)
    (plannedRates, isClimbing) = (try study.study.brackets().last?.trials.upperBound ?? 0, study.isClimbing)
    (folds, foldKind) = (study.folds.count, study.folds.kind.rawValue)
    (epochs, seed) = (study.setup.training.epochs, study.setup.model.seed)
    (plannedFits, finishedFits) = (try study.plannedFits, result.evaluations.count)
    isComplete = result.isComplete
    candidates = try result.scores.map(candidate).sorted {
      ($0.learningRate, $0.epochs) < ($1.learningRate, $1.epochs)
    }
    best = try result.best.map(candidate)
    chosen = try result.largest("learningRate").map(candidate)
    let untrainedLoss = try study.untrainedLoss()
    // Within a standard error of the best may be more than no fit at all has.
    let useful = [chosen, best].compactMap { $0 }.first { ($0.loss ?? .infinity) < untrainedLoss }
    isUseful = useful != nil
    var setup = study.setup
    setup.learningRate = useful?.learningRate
    command = isComplete && isUseful ? setup.command : nil
    remarks = isComplete ? Self.remarks(candidates, best, untrainedLoss) : []
  }

  /// What to do where the best rate is the first or the last, or no good.
  private static func remarks(_ candidates: [Candidate], _ best: Candidate?, _ untrainedLoss: Double) -> [String] {
    guard let best else { return ["every rate diverged; search smaller ones, or --standardize the features"] }
    if best.loss.map({ $0 >= untrainedLoss }) ?? true {
      return [
        String(format: "weights of zero have a loss of %.6g, and no rate has less; ", untrainedLoss)
          + "search smaller ones, or --standardize the features"
      ]
    }
    guard let first = candidates.first, let last = candidates.last, first.learningRate < last.learningRate else {
      return []
    }
    if best.learningRate == first.learningRate { return ["the best rate is the smallest; search smaller ones too"] }
    return best.learningRate == last.learningRate ? ["the best rate is the largest; search larger ones too"] : []
  }

  // MARK: - For the eyes

  var text: String {
    let fits = isComplete ? counted(finishedFits, "fit") : "\(finishedFits) of \(counted(plannedFits, "fit"))"
    var lines = [
      TitledLine.of(
        "search",
        "\(search), \(counted(plannedRates, "rate")) \(span), \(counted(epochs, "epoch"))"
          + (isClimbing ? " at most" : "")),
      TitledLine.of("validation", "\(folds) \(foldKind) folds of \(rows) rows, \(fits)"),
      TitledLine.of("loss", "the mean of the rows held out, without the penalty"),
    ]
    let diverged = candidates.filter { $0.loss == nil }
    if !candidates.isEmpty { lines += ["", "      rate  epochs        loss  std. error"] }
    lines += candidates.map(line)
    if !diverged.isEmpty {
      lines +=
        ["", "why they diverged"]
        + diverged.map { one in
          let (fold, reason) = one.reasons.min { Int($0.key)! < Int($1.key)! } ?? ("", "")
          return Self.short(one.learningRate, width: 10) + "  fold \(fold): " + reason.prefix(while: { $0 != ";" })
        }
    }
    if best != nil || !remarks.isEmpty { lines.append("") }
    if let best, let chosen {
      lines.append(TitledLine.of(isComplete ? "best" : "best so far", Self.rated(best)))
      if isComplete {
        let rule = chosen.learningRate == best.learningRate ? "no larger rate" : Self.rated(chosen)
        lines.append(TitledLine.of("within one s.e.", rule))
      }
    }
    lines += remarks.map { TitledLine.of("but", $0) }
    if let command { lines.append(TitledLine.of("fit with it", command)) }
    return lines.joined(separator: "\n")
  }

  private func line(_ one: Candidate) -> String {
    let start = Self.short(one.learningRate, width: 10) + Self.padded("\(one.epochs)", to: 8)
    guard let loss = one.loss else { return start + "    diverged in \(one.reasons.count) of \(folds) folds" }
    let error = one.standardError.map { String(format: "%.2g", $0) } ?? ""
    var line = start + Self.padded(String(format: "%.6g", loss), to: 12) + Self.padded(error, to: 12)
    func isSame(_ other: Candidate?) -> Bool { other?.learningRate == one.learningRate && other?.epochs == one.epochs }
    if isSame(best) { line += "  best" }
    if isComplete, isSame(chosen), !isSame(best) { line += "  largest within one standard error of the best" }
    return line
  }

  private static func rated(_ one: Candidate) -> String {
    String(format: "%.6g, with a loss of %.6g ± %.2g", one.learningRate, one.loss ?? .infinity, one.standardError ?? 0)
  }

  private static func short(_ value: Double, width: Int) -> String { padded(String(format: "%.4g", value), to: width) }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
