internal import CKernels
internal import RealModule
public import Schedules
public import Tensors

/// Stochastic gradient descent that also keeps the mean of its parameters.
///
///     ηₖ = η / (1 + λ η (k - 1))^α
///     θ ← (1 - λ ηₖ) θ - ηₖ g
///     a ← a + (θ - a) / max(1, k - 1 - t₀)
///
/// Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992, in the form of Xu, "Towards optimal
/// one pass large scale learning with averaged stochastic gradient descent", 2011; as in PyTorch. The mean a is the result,
/// `Optimizer.evaluationPoint(of:)`: until step t₀ + 1 it is θ itself, and of a tensor that moves for the first time later
/// it begins there. The learning rate is usually 1e-2. State: one number a parameter.
public struct ASGD: UpdateRule {
  /// λ, the strength of the pull to zero, which also makes the rate fall.
  public var lambda: Schedule
  /// α, the power with which the rate falls.
  public var power: Schedule
  /// t₀, the number of steps before parameters are averaged.
  public var averagingStart: Double

  /// ASGD with the settings of PyTorch unless told otherwise.
  public init(lambda: Schedule = 1e-4, power: Schedule = 0.75, averagingStart: Double = 1e6) {
    (self.lambda, self.power, self.averagingStart) = (lambda, power, averagingStart)
  }

  /// `asgd`.
  public static var name: String { "asgd" }
  /// a.
  public var slots: [String] { ["average"] }
  /// Infinite until the tensor moves for the first time.
  public func initialValue(ofSlot slot: String) -> Double { .infinity }
  /// a.
  public var evaluationSlot: String? { "average" }

  /// λ and α not negative.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("lambda", lambda, in: .notNegative), Hyperparameter("power", power, in: .notNegative)]
  }

  /// - Throws: `SettingError` where the start of the mean is no number of steps.
  public func validate() throws(SettingError) {
    try SettingError.check(initial: averagingStart, "ASGD.averagingStart")
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_asgd
  }

  /// The fall of the rate is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let earlier = Double(step.number - 1)
    let averaged = max(1, earlier - averagingStart)
    return Coefficients(
      shared: descent_asgd(
        lambda: step(lambda), rate_factor: Double.pow(1 + step(lambda) * step.learningRate * earlier, -step(power)),
        weight: 1 / averaged, is_averaging: averaged > 1))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let rate = rate * L(c.rate_factor)
    x = x * (L(1) - L(c.lambda) * rate) - rate * g
    guard c.is_averaging else {
      state[0] = x
      return
    }
    let average = L.begun(state[0], at: x)
    state[0] = average + (x - average) * L(c.weight)
  }
}

extension ASGD: KernelRule {
  static var kernel: descent_rule { descent_rule_asgd }
}
