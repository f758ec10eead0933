import Descent
import Foundation
import NaiveReference
import TestSupport
import Testing

/// The problems that Descent was first asked for, against plain loops that share nothing with the engine.
@Suite struct OriginTests {
  /// f(x) = x^2 from 3 with rate 0.1 and the gradient clipped to 1: in steps of 0.1 while |2x| > 1, then by the factor 0.8.
  @Test(arguments: Backend.allCases) func theSquareIsDescendedInAHundredSteps(_ backend: Backend) throws {
    var x = [3.0]
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, clipping: .norm(1), options: ExecutionOptions(backend: backend), count: 1)
    var expected = 3.0
    for step in 1...100 {
      let report = try optimizer.step(&x, gradient: [2 * x[0]])
      let gradient = 2 * expected
      expected -= 0.1 * (abs(gradient) > 1 ? gradient / abs(gradient) : gradient)
      #expect(abs(x[0] - expected) <= 1e-13 * expected, "step \(step)")
      #expect(report.step == step && report.outcome == .applied && report.learningRate == 0.1)
      #expect((report.clipFactor < 1) == (report.gradientNorm > 1))
    }
    // Clipped steps lead from 3 to 0.5 in 25, and 75 more multiply by 0.8.
    #expect(abs(x[0] / (0.5 * pow(0.8, 75)) - 1) < 1e-10)
  }

  struct Strategy: Sendable, CustomStringConvertible {
    let description: String
    let learningRate: LearningRate
    /// The rate after t updates, at theta, after the losses of all earlier steps.
    let naive: @Sendable (_ t: Int, _ theta: [Double], _ losses: [Double]) -> Double
  }

  static let strategies: [Strategy] = [
    Strategy(description: "fixed", learningRate: 0.05) { _, _, _ in 0.05 },
    Strategy(description: "linear", learningRate: LearningRate(.linear(from: 0.1, to: 0, over: 1000))) { t, _, _ in
      0.1 * (1 - Double(t) / 1000)
    },
    Strategy(
      description: "polynomial", learningRate: LearningRate(.polynomial(from: 0.1, to: 0, power: 2, over: 1000))
    ) { t, _, _ in 0.1 * pow(1 - Double(t) / 1000, 2) },
    Strategy(
      description: "time-based", learningRate: LearningRate(.timeBased(from: 0.2, decay: 0.01, power: 0.6))
    ) { t, _, _ in 0.2 / pow(1 + 0.01 * Double(t), 0.6) },
    Strategy(
      description: "performance-based",
      learningRate: LearningRate(0.2, .plateau(Plateau(.minimize, factor: 0.5, patience: 5, relativeMargin: 0.01)))
    ) { _, _, losses in
      var (best, bad, multiplier) = (Double.infinity, 0, 1.0)
      for loss in losses {
        let isBetter = best == .infinity || loss < best - 0.01 * abs(best)
        bad = isBetter ? 0 : bad + 1
        if isBetter { best = loss }
        if bad == 5 { (bad, multiplier) = (0, multiplier * 0.5) }
      }
      return 0.2 * multiplier
    },
    Strategy(description: "norm-based", learningRate: .normBased(epsilon: 0.3, cap: 0.5)) { _, theta, _ in
      min(0.5, 0.3 / theta.reduce(0) { $0 + $1 * $1 }.squareRoot())
    },
    Strategy(description: "random", learningRate: .random(epsilon: 0.02, cap: 0.2, seed: 2011)) { t, _, _ in
      NaiveRandomRate.rate(epsilon: 0.02, seed: 2011, step: UInt64(t), cap: 0.2)
    },
  ]

  /// f = sum d_i/2 (theta_i - c_i)^2 in ten dimensions, with the gradient clipped to 1.
  @Test(arguments: strategies, Backend.allCases)
  func aThousandStepsFollowAPlainLoop(_ strategy: Strategy, _ backend: Backend) throws {
    let d = (1...10).map { Double($0) / 10 }
    let c = (1...10).map { sin(Double($0)) }
    func loss(_ theta: [Double]) -> Double {
      zip(d, zip(theta, c)).reduce(0) { $0 + $1.0 / 2 * ($1.1.0 - $1.1.1) * ($1.1.0 - $1.1.1) }
    }
    func gradient(_ theta: [Double]) -> [Double] { zip(d, zip(theta, c)).map { $0 * ($1.0 - $1.1) } }

    let start = (1...10).map { Double($0 * $0 % 7) - 3 }
    var (theta, plain) = (start, start)
    var losses: [Double] = []
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: strategy.learningRate, clipping: .norm(1), options: ExecutionOptions(backend: backend),
      count: 10)
    for t in 0..<1000 {
      let report = try optimizer.step(&theta, gradient: gradient(theta))

      let rate = strategy.naive(t, plain, losses)
      let g = gradient(plain)
      let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in plain.indices { plain[i] -= rate * (norm > 1 ? g[i] / norm : g[i]) }
      losses.append(loss(plain))

      // Both round differently; the descent contracts, so that errors do not pile up.
      #expect(abs(report.learningRate - rate) <= 1e-12 * rate, "step \(t)")
      #expect(relativeError(theta, expected: plain) <= 1e-12, "step \(t)")
      if relativeError(theta, expected: plain) > 1e-12 { return }
      try optimizer.report(metric: loss(theta))
    }
    #expect(loss(theta) < loss(start) / 1000)
  }
}
