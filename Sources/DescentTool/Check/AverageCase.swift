package import Descent
package import NaiveReference

/// A kind of average and what the naive reference is told of it. A new one is a new line of ``all``.
package struct AverageCase: Sendable {
  /// The row of the table.
  package var row: String
  /// What the engine is told, apart from the type of the weights.
  package var method: WeightAverage<Double>.Method
  /// What the loop is told.
  package var naive: NaiveWeightAverage<Double>.Kind

  package init(_ row: String, _ method: WeightAverage<Double>.Method, _ naive: NaiveWeightAverage<Double>.Kind) {
    (self.row, self.method, self.naive) = (row, method, naive)
  }

  /// Each kind.
  package static let all = [
    AverageCase("exponential average", .exponential(decay: 0.9), .exponential(decay: 0.9)),
    AverageCase("average with a decay that grows", .warmedUpExponential(decay: 0.3), .warmedUp(decay: 0.3)),
    AverageCase("equal average", .equal(), .equal),
  ]
}
