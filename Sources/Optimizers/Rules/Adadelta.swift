internal import CKernels
public import Schedules
public import Tensors

/// The gradient in units of earlier steps: a rule that needs no learning rate.
///
///     v ← ρ v + (1 - ρ) g²
///     Δ = √((u + ε) / (v + ε)) g
///     u ← ρ u + (1 - ρ) Δ²
///     θ ← θ - η Δ
///
/// Zeiler, "ADADELTA: an adaptive learning rate method", 2012, where η = 1; as in PyTorch and Optax. State: two numbers a
/// parameter.
public struct Adadelta: UpdateRule {
  /// ρ, how much of the means is kept.
  public var rho: Schedule
  /// ε, added to both means.
  public var epsilon: Double

  /// Adadelta with the settings of PyTorch unless told otherwise.
  public init(rho: Schedule = 0.9, epsilon: Double = 1e-6) { (self.rho, self.epsilon) = (rho, epsilon) }

  /// `adadelta`.
  public static var name: String { "adadelta" }
  /// v and u.
  public var slots: [String] { ["meanSquare", "meanSquareUpdate"] }
  /// ρ in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] { [Hyperparameter("rho", rho, in: .fraction)] }

  /// - Throws: `SettingError` where ε is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: epsilon, "Adadelta.epsilon") }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_adadelta
  }

  /// ρ and what it leaves.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(shared: descent_adadelta(rho: step(rho), gain: 1 - step(rho), epsilon: epsilon))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.rho) * state[0] + L(c.gain) * (g * g)
    let update = L.squareRoot((state[1] + L(c.epsilon)) / (state[0] + L(c.epsilon))) * g
    state[1] = L(c.rho) * state[1] + L(c.gain) * (update * update)
    x -= rate * update
  }
}

extension Adadelta: KernelRule {
  static var kernel: descent_rule { descent_rule_adadelta }
}
