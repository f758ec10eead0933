import Schedules

/// One good schedule of every kind that can be saved, no parameter at its default.
enum Samples {
  static let curves: [Schedule] = [
    .constant(0.1),
    .linear(from: 0.1, to: 0.01, over: 7),
    .decrement(from: 0.1, by: 0.01, floor: 0.02),
    .polynomial(from: 0.1, to: 0.01, power: 2.5, over: 7, cycle: true),
    .timeBased(from: 0.1, decay: 0.3, power: 0.75, every: 3, staircase: true),
    .exponential(from: 0.1, factor: 0.9, every: 3, staircase: true, floor: 0.01),
    .step(from: 0.1, factor: 0.3, every: 4),
    .milestones(from: 0.1, factor: 0.3, at: [2, 5, 9]),
    .cosine(from: 0.1, to: 0.01, over: 7, power: 1.5),
    .warmRestarts(from: 0.1, to: 0.01, every: 3, lengthFactor: 2, peakFactor: 0.8),
    .cyclic(from: 0.01, to: 0.1, rising: 3, falling: 5, amplitude: .exponential(factor: 0.99)),
    .oneCycle(
      peak: 0.1, over: 20, rise: 0.4, startDivisor: 10, endDivisor: 30, shape: .linear, phases: .three, ends: .pyTorch),
    .oneCycleMomentum(high: 0.9, low: 0.8, over: 20, rise: 0.4, shape: .linear, phases: .three, ends: .pyTorch),
    .warmup(to: 0.1, over: 7, startFactor: 0.25),
    .exponentialWarmup(to: 0.1, timeConstant: 3.5),
    .untunedAdamWarmup(to: 0.1, beta2: 0.9),
    .inverseSquareRoot(peak: 0.1, warmup: 5),
    .noam(modelSize: 64, warmup: 5, factor: 2),
    .warmupStableDecay(
      peak: 0.1, warmup: 3, stable: 4, decay: 5, to: 0.01, shape: .oneMinusSquareRoot, startFactor: 0.5),
    .piecewise(from: 0.1, [(at: 3, to: 0.2), (at: 8, to: 0.05)], shape: .cosine),
  ]

  static let operations: [Schedule] = [
    curves[8].then(curves[1], after: 4),
    curves[8].scaled(by: 0.3),
    curves[8].shifted(by: -2),
    curves[8].clamped(min: 0.02, max: 0.07),
    .product(curves[8], curves[1]),
    .minimum(curves[8], curves[1]),
    .maximum(curves[8], curves[1]),
    curves[8].repeating(every: 5),
    curves[8].perEpoch(of: 3),
  ]

  static let all = curves + operations
}
