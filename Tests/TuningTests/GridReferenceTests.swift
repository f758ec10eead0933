import Descent
import TestSupport
import Testing

/// Cross-validated grids against what numpy computes (lrsearch.json): 1e-9, where the loss is below a million.
@Suite struct GridReferenceTests {
  @Test(arguments: SearchReference.all.grids)
  func aCrossValidatedGridHasTheReferenceLosses(_ reference: SearchReference.Grid) throws {
    let model = reference.model
    let folds =
      reference.split == "contiguous"
      ? try Folds.contiguous(rows: model.rows.count, count: reference.folds)
      : try Folds.interleaved(rows: model.rows.count, count: reference.folds)
    let study = Study(
      reference.id, space: ["learningRate": .choice(of: reference.learningRates.map { .number($0) })],
      search: .grid(points: 1))
    let result = try study.crossValidate(over: folds) { configuration, fold, _ in
      var w = [Double](repeating: 0, count: model.width)
      var optimizer = try Optimizer<Double>(
        SGD(), learningRate: LearningRate(.constant(try configuration.number("learningRate"))), count: w.count)
      for step in 0..<reference.steps {
        let batch = reference.batch.map { batch in
          (0..<batch).map { fold.training[(step * batch + $0) % fold.training.count] }
        }
        try optimizer.step(&w, gradient: model.gradient(w, on: batch ?? fold.training))
      }
      return model.loss(w, on: fold.validation)
    }
    #expect(result.scores.map { try? $0.configuration.number("learningRate") } == reference.learningRates)
    for (score, losses) in zip(result.scores, reference.lossByFold) {
      for (got, expected) in zip(score.losses, losses.map(\.value)) {
        if expected < 1e6 {
          #expect(abs(got - expected) <= 1e-9 * expected, "\(score.configuration)")
        } else {
          #expect(got >= 0.99e6, "\(score.configuration)")
        }
      }
    }
    for (score, expected) in zip(result.scores, reference.meanLoss.map(\.value)) where expected < 1e6 {
      #expect(abs(score.mean - expected) <= 1e-9 * expected, "\(score.configuration)")
    }
    #expect(result.best?.trial == reference.bestIndex)
  }
}
