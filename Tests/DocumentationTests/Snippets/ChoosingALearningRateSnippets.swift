import Descent
import Testing

/// The code of "Choosing a learning rate".
@Suite struct ChoosingALearningRateSnippets {
  let model = Bowl()

  @Test func aRangeTest() throws {
    let parameters = ParameterSet<Float>(zeros: try .vector(3))
    let result = try RangeTest(from: 1e-5, to: 100, steps: 100, smoothing: 0.9).run(parameters: parameters) {
      try Optimizer(SGD(), learningRate: $0, for: parameters.layout)
    } evaluate: { parameters, step in
      (model.loss(at: parameters), model.gradients(at: parameters, batch: step.index))
    }
    switch result.steepest {
    case .rate(let rate): print("begin at", rate)
    case .refused(let reason): print("the curve does not say:", reason)
    }
    #expect(result.curve.losses.count > 50)
  }

  @Test func aSearch() throws {
    let study = Study("rates", space: ["learningRate": .logUniform(from: 1e-3, to: 10)], search: .grid(points: 9))
    let result = try study.run { configuration, context in
      let rate = try configuration.number("learningRate")
      var x = [3.0, -4.0]
      var optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(.constant(rate)), count: 2)
      for _ in 1...20 { try optimizer.step(&x, gradient: x) }
      return x[0] * x[0] + x[1] * x[1]
    }
    let best = result.best?.configuration
    let rate = try #require(try best?.number("learningRate"))
    #expect(0.5 < rate && rate < 2)
  }

  @Test func aSchedule() throws {
    let decaying: Schedule = .warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500))
    let written = try Schedule(notation: "warmup(500) then cosine(0.1 -> 0, 9500)")
    let shown = decaying.preview(stride(from: 0, to: 10_000, by: 1_000))
    let warnings = decaying.lint(totalSteps: 10_000)
    #expect(decaying == written && shown.count == 10 && warnings.isEmpty)
  }

  @Test func controllers() throws {
    let byPlateau = LearningRate(.constant(0.1), .plateau(Plateau(.minimize, patience: 5)))
    let byLoss = LearningRate(1, .polyak(PolyakRate(cap: 10)))
    let byDistance = LearningRate(1, .distance(.dog()))
    let byNorm = LearningRate.normBased(epsilon: 0.01, cap: 1)
    for rate in [byPlateau, byLoss, byDistance, byNorm] {
      var (x, g, f) = ([3.0, -4.0], [3.0, -4.0], 12.5)
      var optimizer = try Optimizer<Double>(SGD(), learningRate: rate, count: 2)
      try optimizer.step(&x, gradient: g, loss: f)
      (g, f) = (x, (x[0] * x[0] + x[1] * x[1]) / 2)
      #expect(f < 12.5)
    }
  }
}
