/// How weights are pulled towards zero. The three meanings that the field has for one word are three cases.
public enum WeightDecay: Sendable, Codable, Hashable {
  /// Not at all.
  case none
  /// g ← g + λ θ before the rule, so that momentum and scaling act on it too: L2 regularisation, `weight_decay` of
  /// PyTorch's SGD and Adam.
  case coupled(Double)
  /// θ ← (1 - η λ) θ beside the rule, with the learning rate η of the step: `weight_decay` of AdamW.
  /// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
  case decoupled(Double)

  var coupledRate: Double { if case .coupled(let rate) = self { rate } else { 0 } }
  var decoupledRate: Double { if case .decoupled(let rate) = self { rate } else { 0 } }

  func validate() throws(SettingError) {
    switch self {
    case .none: return
    case .coupled(let rate), .decoupled(let rate):
      try SettingError.check(rate >= 0 && rate.isFinite, "WeightDecay", rate, "0 <= decay < infinity")
    }
  }
}
