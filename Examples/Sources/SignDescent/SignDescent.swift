// An update rule in a module of its own: as the rules of Descent are written, with public names.
// The engine clips, schedules, checks, cuts into tiles and saves; the rule is the arithmetic.

public import Descent

/// θ ← θ - η sign(m), with m ← μ m + (1 - μ) g.
public struct SignDescent: UpdateRule {
  /// μ: how much of m is kept.
  public var momentum: Double

  /// A rule with this momentum.
  public init(momentum: Double = 0.9) { self.momentum = momentum }

  /// In checkpoints and errors.
  public static var name: String { "sign-descent" }

  /// m, an array as large as the parameters.
  public var slots: [String] { ["momentum"] }

  /// What is wrong with the settings, before anything is made with them.
  public func validate() throws(SettingError) {
    guard 0 <= momentum, momentum < 1 else {
      throw SettingError(name: "SignDescent.momentum", value: momentum, requirement: "0 <= momentum < 1")
    }
  }

  /// What is equal for all elements of a step, in `Double`.
  public func coefficients(for step: Step) -> Double { momentum }

  /// The arithmetic of one register of elements.
  @inline(__always)
  public static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double) {
    state[0] = L(momentum) * state[0] + L(1 - momentum) * g
    x -= rate * L.sign(state[0])
  }
}
