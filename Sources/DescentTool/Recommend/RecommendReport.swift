internal import ArgumentParser
internal import Descent
internal import Foundation

/// A recommendation, and how it compares with a search over all rates, if that was asked for.
struct RecommendReport: Encodable {
  /// The recommended rate against the best of a cross-validated grid.
  struct Comparison: Encodable {
    let folds: Int
    let foldKind: String
    let gridRates: Int
    let bestRate: Double
    let bestLoss: Double
    let bestStandardError: Double
    /// Nil where the recommended rate diverged.
    let loss: Double?
    /// The recommended rate over the best one.
    let rateRatio: Double
    /// The loss beyond the best one's, in the best one's standard errors; negative where it is less.
    let standardErrors: Double?

    /// Throws where no rate of the grid is any good.
    init(_ recommendation: Recommendation) throws {
      var options = try TuneOptions.parse([])
      let picked = recommendation.setup.learningRate ?? .nan
      let grid = Study("grid", space: ["learningRate": recommendation.rates.domain], search: .grid(points: 11))
      let rates = try (0..<11).map { try grid.configuration(of: $0).number("learningRate") }
      options.learningRate = .list(Set(rates + [picked]).sorted())
      let study = try RateStudy(recommendation.setup, options)
      let report = try TuneReport(.grid, study, study.run())
      let finite = report.candidates.filter { rates.contains($0.learningRate) && $0.loss != nil }
      guard let best = finite.min(by: { $0.loss! < $1.loss! }), let least = best.loss else {
        throw Recommendation.Refusal(
          description: "every rate of the grid diverged, so there is nothing to compare with")
      }
      (folds, foldKind, gridRates) = (report.folds, report.foldKind, rates.count)
      (bestRate, bestLoss, bestStandardError) = (best.learningRate, least, best.standardError ?? 0)
      loss = report.candidates.first { $0.learningRate == picked }?.loss
      rateRatio = picked / bestRate
      let error = bestStandardError
      standardErrors = loss.map { $0 == least ? 0 : ($0 - least) / error }
    }
  }

  let model: String
  let data: String
  let items: [Recommendation.Item]
  let learningRate: Double?
  let rates: String
  let command: String
  let comparison: Comparison?

  init(_ recommendation: Recommendation, comparison: Comparison?) {
    let setup = recommendation.setup
    (model, data, items) = (setup.model.model.rawValue, setup.data, recommendation.items)
    (learningRate, rates) = (setup.learningRate, recommendation.rates.description)
    (command, self.comparison) = (setup.command, comparison)
  }

  var text: String {
    var lines = items.map { TitledLine.of($0.name, "\($0.value): \($0.reason)") }
    if let comparison {
      lines += [
        "",
        TitledLine.of(
          "compared with",
          "a grid of \(comparison.gridRates) rates in \(comparison.folds) \(comparison.foldKind) folds, all else as recommended"
        ),
        TitledLine.of(
          "best of it",
          String(
            format: "%.6g, with a loss of %.6g ± %.2g", comparison.bestRate, comparison.bestLoss,
            comparison.bestStandardError)),
        TitledLine.of("recommended", comparison.picked(learningRate ?? .nan)),
      ]
    }
    return (lines + ["", TitledLine.of("fit with it", command)]).joined(separator: "\n")
  }
}

extension RecommendReport.Comparison {
  fileprivate func picked(_ rate: Double) -> String {
    guard let loss, let standardErrors else {
      return String(format: "%.6g, %.3g times that rate, diverged", rate, rateRatio)
    }
    return String(
      format: "%.6g, %.3g times that rate, with a loss of %.6g: %.2f standard errors %@", rate, rateRatio, loss,
      abs(standardErrors), standardErrors < 0 ? "below" : "above")
  }
}
