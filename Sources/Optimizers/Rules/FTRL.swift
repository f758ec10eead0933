internal import CKernels
public import Schedules
public import Tensors

/// Follow the regularised leader, proximal: sparse solutions with exact zeros.
///
///     σ = (√(n + g²) - √n) / η
///     n ← n + g²
///     z ← z + g - σ θ
///     θ ← 0                              where |z| ≤ λ₁, else
///     θ ← -(z - sign(z) λ₁) / ((β + √n) / η + λ₂)
///
/// McMahan, Holt, Sculley and others, "Ad click prediction: a view from the trenches", 2013, algorithm 1; η is its α. A
/// parameter is a function of what the state holds, not of where it was: begin at zero, and leave weight decay to λ₁ and λ₂.
/// Where the rate is zero nothing changes. State: two numbers a parameter.
public struct FTRL: UpdateRule {
  /// λ₁, the strength of |θ|: the larger, the more zeros.
  public var lambda1: Schedule
  /// λ₂, the strength of θ².
  public var lambda2: Schedule
  /// β, added to the root.
  public var beta: Double

  /// FTRL with the paper's β and no regularisation unless told otherwise.
  public init(lambda1: Schedule = 0, lambda2: Schedule = 0, beta: Double = 1) {
    (self.lambda1, self.lambda2, self.beta) = (lambda1, lambda2, beta)
  }

  /// `ftrl`.
  public static var name: String { "ftrl" }
  /// n and z.
  public var slots: [String] { ["sumOfSquares", "dual"] }

  /// Both strengths not negative.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("lambda1", lambda1, in: .notNegative), Hyperparameter("lambda2", lambda2, in: .notNegative)]
  }

  /// - Throws: `SettingError` where β is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: beta, "FTRL.beta") }

  /// The sum has room for 2³² squares of the largest.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_ftrl
  }

  /// The settings.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(shared: descent_ftrl(lambda1: step(lambda1), lambda2: step(lambda2), beta: beta))
  }

  /// The equations above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    let sum = state[0] + g * g
    let root = L.squareRoot(sum)
    let dual = state[1] + (g - (root - L.squareRoot(state[0])) / rate * x)
    let excess = L.magnitude(dual) - L(c.lambda1)
    // Both sides of the fraction times the rate, which may be small.
    let moved = -(rate * (L.sign(dual) * excess)) / (L(c.beta) + root + rate * L(c.lambda2))
    let proximal = L.select(where: L(0), isLessThan: excess, moved, else: L(0))
    x = L.select(where: L(0), isLessThan: rate, proximal, else: x)
    state[0] = L.select(where: L(0), isLessThan: rate, sum, else: state[0])
    state[1] = L.select(where: L(0), isLessThan: rate, dual, else: state[1])
  }
}

extension FTRL: KernelRule {
  static var kernel: descent_rule { descent_rule_ftrl }
}
