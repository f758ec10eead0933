import NaiveReference
import TestSupport
import Testing

@Suite struct NaivePlateauTests {
  @Test(arguments: PlateauCase.all.filter { $0.peer == "torch" })
  func withItsSwitchesSetFollowsTorch(_ reference: PlateauCase) throws {
    let p = reference.parameters
    let rate = p["base_lr"]!
    var plateau = NaivePlateau(
      factor: p["factor"]!, patience: Int(p["patience"]!) + 1,
      relativeThreshold: reference.thresholdMode == "rel" ? p["threshold"]! : 0,
      absoluteThreshold: reference.thresholdMode == "abs" ? p["threshold"]! : 0,
      margin: .sumWithSignedBest, floor: p["min_lr"]! / rate, leastReduction: p["eps"]! / rate,
      cooldown: Int(p["cooldown"]!), improvementsCoolDown: true, isMaximizing: reference.mode == "max")
    for (i, metric) in reference.metrics.enumerated() {
      plateau.report(metric)
      let tolerance = reference.relativeTolerance * reference.rates[i] + reference.absoluteTolerance
      #expect(abs(rate * plateau.multiplier - reference.rates[i]) <= tolerance, "after metric \(i)")
      #expect(plateau.bad == reference.badEpochs?[i], "after metric \(i)")
      #expect(plateau.best == reference.best?[i], "after metric \(i)")
    }
  }

  @Test(arguments: PlateauCase.all.filter { $0.peer == "optax" })
  func withItsSwitchesSetFollowsOptax(_ reference: PlateauCase) {
    let p = reference.parameters
    var plateau = NaivePlateau(
      factor: p["factor"]!, patience: Int(p["patience"]!), relativeThreshold: p["rtol"]!,
      absoluteThreshold: p["atol"]!, margin: .sumWithSignedBest, floor: p["min_scale"]!,
      cooldown: Int(p["cooldown"]!), improvementsCoolDown: true, reportsPerMetric: Int(p["accumulation_size"]!))
    for (i, metric) in reference.metrics.enumerated() {
      plateau.report(metric)
      let tolerance = reference.relativeTolerance * reference.rates[i] + reference.absoluteTolerance
      #expect(abs(plateau.multiplier - reference.rates[i]) <= tolerance, "after metric \(i)")
    }
  }

  /// torch and optax compare with best * (1 - theta), which for best = -10 is -9: worse than best, and yet "better".
  @Test func aWorseNegativeMetricIsNoImprovement() {
    var plateau = NaivePlateau(factor: 0.5, patience: 2, relativeThreshold: 0.1)
    for metric in [-10, -9.5, -10.9] { plateau.report(metric) }
    #expect(plateau.best == -10)
    #expect(plateau.multiplier == 0.5)
    plateau.report(-11.1)
    #expect(plateau.best == -11.1)
  }

  @Test func theCooldownLastsThroughReportsWithoutImprovement() {
    var plateau = NaivePlateau(factor: 0.5, patience: 1, relativeThreshold: 0, cooldown: 2)
    var multipliers: [Double] = []
    for metric in [1.0, 1, 0.5, 1, 1, 1] {
      plateau.report(metric)
      multipliers.append(plateau.multiplier)
    }
    #expect(multipliers == [1, 0.5, 0.5, 0.5, 0.5, 0.25])
  }

  @Test func notANumberIsNoImprovementAndNeverTheBest() {
    var plateau = NaivePlateau(factor: 0.5, patience: 1)
    plateau.report(.nan)
    plateau.report(-.infinity)
    #expect(plateau.best == nil)
    #expect(plateau.multiplier == 0.25)
  }

  @Test func theMultiplierStopsAtItsFloor() {
    var plateau = NaivePlateau(factor: 0.5, patience: 1, floor: 0.3)
    for _ in 0..<5 { plateau.report(1) }
    #expect(plateau.multiplier == 0.3)
  }
}
