public import Tensors

/// Tensors that are treated alike and unlike the others.
///
/// Groups are made by predicates on names, which are resolved once: what is kept is the set of names. Tensors in no
/// group form one more, called "default", with the optimizer's own settings. Groups may change in the middle of a run,
/// with ``Optimizer/regroup(_:)``.
public struct ParameterGroup: Sendable {
  /// What checkpoints and errors call the group; no two may have one name.
  public var name: String
  /// The tensors, by name.
  public var tensors: Set<String>
  /// Multiplies the learning rate.
  public var learningRateScale: Double
  /// The group's weight decay; nil for the optimizer's.
  public var weightDecay: WeightDecay?
  /// The group's rule; nil for the optimizer's.
  public var rule: (any UpdateRule)?
  /// The group's limit on a norm; nil for the optimizer's. Its order must be that of the optimizer's limit, and a global
  /// scope is still all tensors together.
  public var normLimit: GradientClipping.NormLimit?
  /// Whether the group stays as it is: its gradients are not looked at and are no part of a norm, and neither its tensors
  /// nor their state change, by weight decay neither.
  public var isFrozen: Bool

  /// The tensors of these names.
  public init(
    _ name: String, tensors: Set<String>, learningRateScale: Double = 1, weightDecay: WeightDecay? = nil,
    rule: (any UpdateRule)? = nil, normLimit: GradientClipping.NormLimit? = nil, isFrozen: Bool = false
  ) {
    (self.name, self.tensors) = (name, tensors)
    (self.learningRateScale, self.weightDecay, self.rule) = (learningRateScale, weightDecay, rule)
    (self.normLimit, self.isFrozen) = (normLimit, isFrozen)
  }

  /// The tensors of a layout whose names satisfy a predicate.
  public init(
    _ name: String, of layout: Layout, learningRateScale: Double = 1, weightDecay: WeightDecay? = nil,
    rule: (any UpdateRule)? = nil, normLimit: GradientClipping.NormLimit? = nil, isFrozen: Bool = false,
    where isMember: (String) -> Bool
  ) {
    self.init(
      name, tensors: Set(layout.entries.map(\.name).filter(isMember)), learningRateScale: learningRateScale,
      weightDecay: weightDecay, rule: rule, normLimit: normLimit, isFrozen: isFrozen)
  }
}
