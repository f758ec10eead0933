/// A limit on the gradient of each unit, relative to the unit's weights.
///
///     gᵢ ← gᵢ · min(1, ratio · max(‖wᵢ‖₂, floor) / ‖gᵢ‖₂)
///
/// A unit is what leads into one output: a row or a column of a matrix, a filter of a convolution; a vector and a scalar are
/// one unit. Brock, De, Smith and Simonyan, "High-performance large-scale image recognition without normalization", 2021
/// (AGC). PyTorch's weights have outputs first (`leading`), Optax's last.
public struct AdaptiveLimit: Sendable, Codable, Hashable {
  /// Which elements of a tensor of two dimensions or more are one unit.
  public enum Units: String, Sendable, Codable {
    /// Those with one index on the first axis: outputs come first, as in PyTorch.
    case leading
    /// Those with one index on the last axis: outputs come last.
    case trailing
    /// Optax's `adaptive_grad_clip`: as `trailing` for two and four dimensions; for three, those that differ on the first
    /// axis alone. Axes of one element do not count where they make a vector.
    case optax
  }

  /// The largest ratio of norms, λ.
  public var ratio: Double
  /// The norm that small weights are taken to have, ε: without it weights that begin as zeros would stay so.
  public var floor: Double
  /// What a unit is.
  public var units: Units

  /// A limit, with the paper's defaults.
  public init(ratio: Double = 0.01, floor: Double = 1e-3, units: Units = .leading) {
    (self.ratio, self.floor, self.units) = (ratio, floor, units)
  }

  func validate() throws(SettingError) {
    try SettingError.check(ratio > 0 && ratio.isFinite, "AdaptiveLimit.ratio", ratio, "0 < ratio < infinity")
    try SettingError.check(floor > 0 && floor.isFinite, "AdaptiveLimit.floor", floor, "0 < floor < infinity")
  }

  /// How many units a tensor of this shape has, and whether a unit's elements are neighbours.
  func division(of shape: [Int]) -> (units: Int, areContiguous: Bool) {
    guard shape.filter({ $0 != 1 }).count > 1 || shape.count > 1 && units != .optax else { return (1, true) }
    switch units {
    case .leading: return (shape[0], true)
    case .trailing: return (shape[shape.count - 1], false)
    case .optax: return (shape.count == 3 ? shape[1] * shape[2] : shape[shape.count - 1], false)
    }
  }
}
