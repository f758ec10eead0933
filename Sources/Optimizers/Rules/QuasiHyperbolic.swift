internal import CKernels
public import Schedules
public import Tensors

/// Quasi-hyperbolic momentum: a step between the gradient and a running mean of it.
///
///     m ← β m + (1 - β) g
///     θ ← θ - η ((1 - ν) g + ν m)
///
/// Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", 2019. ν = 0 is plain descent, ν = 1 descent along
/// the mean, and ν = β Nesterov's momentum. The mean is 1 - β times the buffer of `SGD`, so that rates are 1 / (1 - β)
/// times as large. State: one number a parameter.
public struct QuasiHyperbolic: UpdateRule {
  /// β, how much of the mean is kept.
  public var momentum: Schedule
  /// ν, the weight of the mean.
  public var nu: Schedule

  /// Quasi-hyperbolic momentum with the paper's settings unless told otherwise.
  public init(momentum: Schedule = 0.999, nu: Schedule = 0.7) { (self.momentum, self.nu) = (momentum, nu) }

  /// `qhm`.
  public static var name: String { "qhm" }
  /// m.
  public var slots: [String] { ["mean"] }

  /// β in 0 ..< 1 and ν in 0 ... 1.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("momentum", momentum, in: .fraction), Hyperparameter("nu", nu, in: .share)]
  }

  /// Half of the largest number, so that no mean rounds to infinity.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude) / 2
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_quasi_hyperbolic
  }

  /// The shares and what they leave.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(
      shared: descent_quasi_hyperbolic(
        momentum: step(momentum), gain: 1 - step(momentum), nu: step(nu), gradient_weight: 1 - step(nu)))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    state[0] = L(c.momentum) * state[0] + L(c.gain) * g
    x -= rate * (L(c.gradient_weight) * g + L(c.nu) * state[0])
  }
}

extension QuasiHyperbolic: KernelRule {
  static var kernel: descent_rule { descent_rule_quasi_hyperbolic }
}
