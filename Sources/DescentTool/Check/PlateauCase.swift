package import Descent
package import NaiveReference

/// Settings of a plateau and the same for the naive controller. Another convention is a new line of ``all``.
package struct PlateauCase: Sendable {
  /// What the engine is told.
  package var plateau: Plateau
  /// The naive controller, with nothing seen yet.
  package var reference: NaivePlateau

  package init(_ plateau: Plateau, _ reference: NaivePlateau) {
    (self.plateau, self.reference) = (plateau, reference)
  }

  /// Both directions and margins, and the conventions of the peers.
  package static let all = [
    PlateauCase(Plateau(.minimize, factor: 0.5, patience: 3), NaivePlateau(factor: 0.5, patience: 3)),
    PlateauCase(
      Plateau(.maximize, factor: 0.3, patience: 2, relativeMargin: 0, absoluteMargin: 0.5, cooldown: 4, minimum: 0.01),
      NaivePlateau(
        factor: 0.3, patience: 2, relativeThreshold: 0, absoluteThreshold: 0.5, floor: 0.01, cooldown: 4,
        isMaximizing: true)),
    PlateauCase(
      .pyTorch(baseRate: 0.1, factor: 0.2, patience: 2, cooldown: 2, minimumRate: 1e-4),
      NaivePlateau(
        factor: 0.2, patience: 3, margin: .sumWithSignedBest, floor: 1e-4 / 0.1, leastReduction: 1e-8 / 0.1,
        cooldown: 2, improvementsCoolDown: true)),
    PlateauCase(
      .optax(factor: 0.5, patience: 2, rtol: 1e-3, atol: 0.25, cooldown: 1, accumulationSize: 4, minimumScale: 0.01),
      NaivePlateau(
        factor: 0.5, patience: 2, relativeThreshold: 1e-3, absoluteThreshold: 0.25, margin: .sumWithSignedBest,
        floor: 0.01, cooldown: 1, improvementsCoolDown: true, reportsPerMetric: 4)),
  ]
}
