import Descent
import NaiveReference
import TestSupport
import Testing

/// A plateau by the slope of what is reported.
@Suite struct SlopePlateauTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func aSlopePlateauFollowsTheNaiveOne(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let window = Int.random(in: 3...12, using: &generator)
    let (patience, margin) = (Int.random(in: 1...4, using: &generator), [0, 0.01].randomElement(using: &generator)!)
    let probability = Double.random(in: 0.1...0.9, using: &generator)
    let maximizes = Bool.random(using: &generator)
    var optimizer = try Optimizer<Double>(
      SGD(),
      learningRate: LearningRate(
        1,
        .slopePlateau(
          SlopePlateau(
            maximizes ? .maximize : .minimize, factor: 0.5, window: window, patience: patience,
            leastProbability: probability, margin: margin, minimum: 1e-3))), count: 1)
    var naive = NaiveSlopePlateau(
      factor: 0.5, window: window, patience: patience, leastProbability: probability, margin: margin, floor: 1e-3,
      isMaximizing: maximizes)
    var x = [0.0]
    let slope = Double.random(in: -0.1...0.02, using: &generator)
    for i in 0..<120 {
      let noise = Double.random(in: -0.5...0.5, using: &generator)
      let metric = i % 37 == 36 ? Double.nan : (maximizes ? -1 : 1) * (10 + slope * Double(i) + noise)
      try optimizer.report(metric: metric)
      naive.report(metric)
      #expect(try optimizer.step(&x, gradient: [0]).learningRate == naive.multiplier, "report \(i), seed \(seed)")
    }
  }

  @Test func aSlopePlateauSeesThroughNoiseAndIsInvariantToScale() throws {
    // Falling by 0.02 a report under noise of 0.1: never a plateau. Then flat: one.
    for scale in [1, 1e-200, 1e300, -1] {
      var generator = SeededGenerator(seed: 5)
      var plateau = SlopePlateau(scale > 0 ? .minimize : .maximize, window: 40, patience: 40)
      func report(_ count: Int, slope: Double) throws {
        var optimizer = try Optimizer<Double>(SGD(), learningRate: LearningRate(1, .slopePlateau(plateau)), count: 1)
        for i in 0..<count {
          let noise = Double.random(in: -0.1...0.1, using: &generator)
          try optimizer.report(metric: scale * (5 + slope * Double(i) + noise))
        }
        guard case .slopePlateau(let after) = optimizer.learningRate.controllers[0] else { return }
        plateau = after
      }
      try report(200, slope: -0.02)
      #expect(plateau.state.multiplier == 1)
      try report(300, slope: 0)
      #expect(plateau.state.multiplier < 1)
    }
  }
}
