public import Tensors

/// Bounds on the gradient, applied before the rule sees it and never in the caller's memory.
///
/// By value, gᵢ ← clamp(gᵢ, ±bound); then by norm, g ← g · min(1, limit / ‖g‖ₚ), where the norm is of the gradient
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
  }

  /// The bound on each element's magnitude, or nil.
  public var valueBound: Double?
  /// The limit on the norm, or nil.
  public var normLimit: NormLimit?

  /// No clipping.
  public static let none = GradientClipping(valueBound: nil, normLimit: nil)

  /// Each element to [-bound, bound].
  public static func value(_ bound: Double) -> GradientClipping {
    GradientClipping(valueBound: bound, normLimit: nil)
  }

  /// The norm to at most `limit`.
  /// - Parameters:
  ///   - limit: Positive and finite.
  ///   - order: Which norm; the p-norm over several tensors is (Σ Nᵢᵖ)^(1/p), not a 2-norm of p-norms.
  ///   - scope: One norm for all tensors, one a group, or one a tensor.
  public static func norm(
    _ limit: Double, order: NormOrder = .two, scope: Scope = .global
  ) -> GradientClipping {
    GradientClipping(valueBound: nil, normLimit: NormLimit(limit: limit, order: order, scope: scope))
  }

  /// Clipping by value and then by norm.
  public func thenNorm(_ limit: Double, order: NormOrder = .two, scope: Scope = .global) -> GradientClipping {
    GradientClipping(valueBound: valueBound, normLimit: NormLimit(limit: limit, order: order, scope: scope))
  }

  func validate() throws(SettingError) {
    if let bound = valueBound {
      try SettingError.check(
        bound > 0 && bound.isFinite, "GradientClipping.valueBound", bound, "0 < bound < infinity")
    }
    if let norm = normLimit {
      try SettingError.check(
        norm.limit > 0 && norm.limit.isFinite, "GradientClipping.normLimit", norm.limit, "0 < limit < infinity")
      if case .p(let p) = norm.order {
        try SettingError.check(norm.order.isValid, "GradientClipping.order", p, "0 < p < infinity")
      }
    }
  }
}
