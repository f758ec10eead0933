public import Tensors

/// Tensors that are treated alike and unlike the others.
///
/// Groups are made by predicates on names, which are resolved once: what is kept is the set of names. Tensors in no
/// group form one more, called "default", with the optimizer's own settings.
public struct ParameterGroup: Sendable, Codable, Equatable {
  /// What reports call the group.
  public var name: String
  /// The tensors, by name.
  public var tensors: Set<String>
  /// Multiplies the learning rate.
  public var learningRateScale: Double
  /// The group's weight decay; nil for the optimizer's.
  public var weightDecay: WeightDecay?

  /// The tensors of these names.
  public init(
    _ name: String, tensors: Set<String>, learningRateScale: Double = 1, weightDecay: WeightDecay? = nil
  ) {
    (self.name, self.tensors) = (name, tensors)
    (self.learningRateScale, self.weightDecay) = (learningRateScale, weightDecay)
  }

  /// The tensors of a layout whose names satisfy a predicate.
  public init(
    _ name: String, of layout: Layout, learningRateScale: Double = 1, weightDecay: WeightDecay? = nil,
    where isMember: (String) -> Bool
  ) {
    self.init(
      name, tensors: Set(layout.entries.map(\.name).filter(isMember)), learningRateScale: learningRateScale,
      weightDecay: weightDecay)
  }
}
