// Rates survive JSON, infinities included.

import Descent
import Foundation
import TestSupport
import Testing

@Suite struct LearningRateCodingTests {
  @Test(arguments: [
    0.1, LearningRate(.warmup(to: 0.1, over: 5).then(.cosine(from: 0.1, over: 9)), .plateau(Plateau(.maximize))),
    .normBased(epsilon: 0.01, cap: .infinity, scope: .tensor),
    .random(epsilon: 0.01, cap: .infinity, seed: .max, draw: .perElement), .random(epsilon: 1, cap: 0.5, seed: 3),
    .random(epsilon: 1, cap: 2, seed: 3, distribution: .logUniform),
    LearningRate(1, .slopePlateau(SlopePlateau(.maximize)), .polyak(PolyakRate())),
    LearningRate(1, .barzilaiBorwein(BarzilaiBorweinRate()), .hypergradient(HypergradientRate(hyperRate: 0.1))),
    LearningRate(1, .distance(.dog()), .distance(.dowg())),
  ])
  func aRateComesBackFromJSON(_ rate: LearningRate) throws {
    let data = try JSONEncoder().encode(rate)
    #expect(try JSONDecoder().decode(LearningRate.self, from: data) == rate)
  }

  @Test func whatAPlateauHasSeenComesBackEvenAfterNonFiniteReports() throws {
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: LearningRate(0.1, .plateau(Plateau(.minimize, patience: 2, reportsPerMetric: 3))), count: 1)
    for metric in [1, Double.infinity, .nan, 1.7e308, 1.7e308] { try optimizer.report(metric: metric) }
    let head = try optimizer.state().head
    let data = try JSONEncoder().encode(head)
    #expect(try JSONDecoder().decode(OptimizerState<Double>.Head.self, from: data) == head)
    // The sixth report completes the second average, which like the first is none, for its sum overflows: the rate falls.
    try optimizer.report(metric: 3)
    var x = [0.0]
    #expect(abs(try optimizer.step(&x, gradient: [1]).learningRate - 0.01) < 1e-17)
  }
}
