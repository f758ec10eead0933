/// What a step must know of a group: plain numbers, because a group itself takes as long to copy as a small tile to move.
struct GroupScalars {
  /// Multiplies the learning rate.
  var scale: Double
  /// The weight decay of the current step.
  var decay: DecayRates
  var isFrozen: Bool
  /// The limit on a norm; infinite for none.
  var limit = Double.infinity
  /// What the norm is taken of.
  var scope = Scope.global
  /// Whether the limit is on the root of the mean square.
  var isRootMeanSquare = false
  /// Which rule moves the group's tensors.
  var rule: Int
  /// Whether the rule climbs.
  var ascends: Bool
  /// Whether the rule does the decoupled decay.
  var takesDecoupledDecay: Bool
  /// Whether the rule's step is θ - η g.
  var isPlainDescent: Bool

  init(
    _ group: ParameterGroup, decay: WeightDecay, limit: GradientClipping.NormLimit?, rule: Int, _ run: any UpdateRule
  ) {
    (scale, self.decay, isFrozen) = (group.learningRateScale, decay.rates(after: 0), group.isFrozen)
    if let limit { (self.limit, scope, isRootMeanSquare) = (limit.limit, limit.scope, limit.isRootMeanSquare) }
    self.rule = rule
    (ascends, takesDecoupledDecay) = (run.ascends, run.takesDecoupledDecay)
    isPlainDescent = OptimizerSettings.isPlainDescent(run)
  }
}
