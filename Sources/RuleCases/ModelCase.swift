package import Descent
internal import NaiveReference
internal import Tensors

/// A rule whose step of one element depends on others, beside a naive run of it on all tensors: what tests and
/// `descent check` compare within a stated tolerance, because sums and products are taken in another order.
package struct ModelCase: Sendable, CustomStringConvertible {
  /// The rule with the settings that make the case.
  package var description: String
  /// The engine's rule.
  package var rule: any UpdateRule
  /// The weight decay that it runs with.
  package var weightDecay: WeightDecay
  /// The learning rate that it is tried with.
  package var learningRate: Double
  /// How far apart parameters may be, in units of the type's roundoff times the largest magnitude in their tensor.
  package var tolerance: Double
  /// The naive run, before its first step.
  package var reference: @Sendable (Layout) -> any NaiveModel

  package init(
    _ description: String, _ rule: any UpdateRule, _ weightDecay: WeightDecay = .none, learningRate: Double,
    tolerance: Double, reference: @escaping @Sendable (Layout) -> any NaiveModel
  ) {
    (self.description, self.rule, self.weightDecay) = (description, rule, weightDecay)
    (self.learningRate, self.tolerance, self.reference) = (learningRate, tolerance, reference)
  }

  /// The row of a table of rules that the case counts for.
  package var row: String { type(of: rule).name }

  /// The rules that no ``RuleCase`` can be of.
  package static let all: [ModelCase] = ofShapes + ofSums

  // A sum of n terms in another order differs by at most n roundings, and by about √n where they do not conspire. Each limit
  // leaves some twenty times what is seen: 3, 6 and 44.

  /// Sums of a row, a column or a tensor, then a few roundings in every element and step.
  private static let ofSumsInAnotherOrder = 64.0
  /// Newton and Schulz magnify a difference in direction, by up to 3.4 in an iteration.
  private static let ofNewtonSchulz = 128.0
  /// The distance is a quotient of sums that grow from step to step, and multiplies every later step.
  private static let ofDistances = 1_000.0

  private static let ofShapes: [ModelCase] = [
    ModelCase("Muon", Muon(), learningRate: 0.02, tolerance: ofNewtonSchulz) { NaiveShapes($0, muon: (0.95, true)) },
    ModelCase(
      "Muon without Nesterov's momentum", Muon(momentum: 0.8, nesterov: false), learningRate: 0.02,
      tolerance: ofNewtonSchulz
    ) { NaiveShapes($0, muon: (0.8, false)) },
    ModelCase("Adafactor", Adafactor(epsilon: 0x1p-20), learningRate: 0.05, tolerance: ofSumsInAnotherOrder) {
      NaiveShapes($0) { shape in
        var naive = NaiveAdafactor(
          columns: shape.count > 1 ? shape.last : nil, decay: 0.8, epsilon: 0x1p-20, leastScale: 1e-3, threshold: 1)
        return { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
      }
    },
    ModelCase("SM3", SM3(), .coupled(0.07), learningRate: 0.05, tolerance: ofSumsInAnotherOrder) {
      NaiveShapes($0, coupledDecay: 0.07) { shape in
        var naive = NaiveSM3(
          columns: shape.count > 1 ? shape.dropFirst().reduce(1, *) : 1, momentum: 0.9, epsilon: 1e-8)
        return { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
      }
    },
  ]

  private static let ofSums: [ModelCase] = [
    ModelCase(
      "Prodigy", Prodigy(initialDistance: 1e-2), .decoupled(0.07), learningRate: 1, tolerance: ofDistances
    ) { _ in
      var naive = NaiveProdigy()
      (naive.initialDistance, naive.decoupledDecay) = (1e-2, 0.07)
      return NaiveWhole { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
    },
    ModelCase(
      "Prodigy, bias corrected, safeguarded, growing slowly",
      Prodigy(initialDistance: 1e-2, growthLimit: 1.5, correctsBias: true, safeguardsWarmup: true), learningRate: 4,
      tolerance: ofDistances
    ) { _ in
      var naive = NaiveProdigy()
      (naive.initialDistance, naive.growth) = (1e-2, 1.5)
      (naive.correctsBias, naive.safeguardsWarmup) = (true, true)
      return NaiveWhole { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
    },
    ModelCase(
      "D-Adaptation", DAdaptation(initialDistance: 1e-2), .decoupled(0.07), learningRate: 1, tolerance: ofDistances
    ) { _ in
      var naive = NaiveDAdaptation()
      (naive.initialDistance, naive.decoupledDecay) = (1e-2, 0.07)
      return NaiveWhole { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
    },
  ]
}

/// A naive rule at work on all tensors of a layout, in double precision.
package protocol NaiveModel {
  /// Moves all tensors along their gradients.
  mutating func step(_ x: inout [[Double]], gradients: [[Double]], rate: Double)
}

/// A naive step of one array.
typealias NaiveArrayStep = (_ x: inout [Double], _ gradient: [Double], _ rate: Double) -> Void

/// A naive rule for each tensor, made for its shape.
private struct NaiveShapes: NaiveModel {
  private let coupledDecay: Double
  private let steps: [NaiveArrayStep]

  init(_ layout: Layout, coupledDecay: Double = 0, _ step: ([Int]) -> NaiveArrayStep) {
    self.coupledDecay = coupledDecay
    steps = layout.entries.map { $0.count > 0 ? step($0.shape) : { _, _, _ in } }
  }

  /// Muon, with Adam for what is no matrix.
  init(_ layout: Layout, muon: (momentum: Double, isNesterov: Bool)) {
    self.init(layout) { shape in
      guard shape.count == 2 else {
        var naive = NaiveRun(NaiveAdam<Double>())
        return { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
      }
      var naive = NaiveMuon(rows: shape[0], columns: shape[1], momentum: muon.momentum, isNesterov: muon.isNesterov)
      return { x, g, rate in naive.step(&x, gradient: g, rate: rate) }
    }
  }

  mutating func step(_ x: inout [[Double]], gradients: [[Double]], rate: Double) {
    for i in x.indices {
      let g = zip(gradients[i], x[i]).map { $0 + coupledDecay * $1 }
      steps[i](&x[i], g, rate)
    }
  }
}

/// A naive rule that sees all tensors as one array.
private struct NaiveWhole: NaiveModel {
  let move: NaiveArrayStep

  mutating func step(_ x: inout [[Double]], gradients: [[Double]], rate: Double) {
    var all = x.flatMap { $0 }
    move(&all, gradients.flatMap { $0 }, rate)
    var start = 0
    for i in x.indices {
      x[i] = Array(all[start..<start + x[i].count])
      start += x[i].count
    }
  }
}
