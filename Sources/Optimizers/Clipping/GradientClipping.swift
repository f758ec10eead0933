public import Tensors

/// Bounds on the gradient, applied before the rule sees it and never in the caller's memory.
///
/// First, if asked for, by unit relative to the weights (``AdaptiveLimit``); by value, gᵢ ← clamp(gᵢ, ±bound); then by norm, g ← g · min(1, limit / ‖g‖ₚ), where the norm is of the gradient
/// already clipped by value. A gradient whose norm is at most the limit keeps its bits.
///
/// PyTorch and MLX divide by ‖g‖ + 1e-6, which scales a gradient of norm 1e-8 by 0.01 where 1 is right; here, as in
/// Optax, there is no epsilon. Unlike both, the factor is right where the norm itself is beyond the largest number or
/// below the least. Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
public struct GradientClipping: Sendable, Codable, Hashable {
  /// The limit on a norm.
  public struct NormLimit: Sendable, Codable, Hashable {
    /// The largest norm that a gradient keeps; positive and finite.
    public var limit: Double
    /// Which norm.
    public var order: NormOrder
    /// What the norm is taken of.
    public var scope: Scope
    /// Whether the limit is on the root of the mean square, ‖g‖₂ / √n of each tensor, instead of the norm.
    public var isRootMeanSquare = false

    /// A limit on a norm.
    public init(_ limit: Double, order: NormOrder = .two, scope: Scope = .global) {
      (self.limit, self.order, self.scope) = (limit, order, scope)
    }

    func validate() throws(SettingError) {
      try SettingError.check(
        limit > 0 && limit.isFinite, "GradientClipping.normLimit", limit, "0 < limit < infinity")
      try SettingError.check(
        !isRootMeanSquare || scope == .tensor && order == .two, "GradientClipping.normLimit", limit,
        "the 2-norm of each tensor where it is on the root of the mean square")
      if case .p(let p) = order {
        try SettingError.check(order.isValid, "GradientClipping.order", p, "0 < p < infinity")
      }
    }
  }

  /// The bound on each element's magnitude, or nil.
  public var valueBound: Double?
  /// The limit on the norm, or nil.
  public var normLimit: NormLimit?
  /// The limit on the norm of each unit relative to its weights, or nil; applied before the others.
  public var adaptive: AdaptiveLimit?

  /// No clipping.
  public static let none = GradientClipping()

  init(valueBound: Double? = nil, normLimit: NormLimit? = nil, adaptive: AdaptiveLimit? = nil) {
    (self.valueBound, self.normLimit, self.adaptive) = (valueBound, normLimit, adaptive)
  }

  /// Each element to [-bound, bound].
  public static func value(_ bound: Double) -> GradientClipping {
    GradientClipping(valueBound: bound)
  }

  /// The norm to at most `limit`.
  /// - Parameters:
  ///   - limit: Positive and finite.
  ///   - order: Which norm; the p-norm over several tensors is (Σ Nᵢᵖ)^(1/p), not a 2-norm of p-norms.
  ///   - scope: One norm for all tensors, one a group, or one a tensor.
  public static func norm(
    _ limit: Double, order: NormOrder = .two, scope: Scope = .global
  ) -> GradientClipping {
    GradientClipping(normLimit: NormLimit(limit, order: order, scope: scope))
  }

  /// The root of the mean square of each tensor to at most `limit`: g ← g / max(1, RMS(g) / limit), as in Adafactor and
  /// Optax's `clip_by_block_rms`.
  public static func rootMeanSquare(_ limit: Double) -> GradientClipping {
    var norm = NormLimit(limit, scope: .tensor)
    norm.isRootMeanSquare = true
    return GradientClipping(normLimit: norm)
  }

  /// The norm of each unit, such as the weights into one neuron, to at most `ratio` times that of its weights.
  public static func adaptive(_ limit: AdaptiveLimit = AdaptiveLimit()) -> GradientClipping {
    GradientClipping(adaptive: limit)
  }

  /// The clipping so far, and then by value.
  public func thenValue(_ bound: Double) -> GradientClipping {
    var both = self
    both.valueBound = bound
    return both
  }

  /// The clipping so far, and then by norm.
  public func thenNorm(_ limit: Double, order: NormOrder = .two, scope: Scope = .global) -> GradientClipping {
    var both = self
    both.normLimit = NormLimit(limit, order: order, scope: scope)
    return both
  }

  func validate() throws(SettingError) {
    if let bound = valueBound {
      try SettingError.check(
        bound > 0 && bound.isFinite, "GradientClipping.valueBound", bound, "0 < bound < infinity")
    }
    try normLimit?.validate()
    try adaptive?.validate()
  }
}
