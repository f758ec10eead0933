import Descent

/// A rule of one's own, as another module may have it: moved by its body, because it has no kernel.
struct SignDescent: UpdateRule {
  var momentum = 0.9
  static var name: String { "sign-descent" }
  var slots: [String] { ["momentum"] }
  func coefficients(for step: Step) -> Double { momentum }
  @inline(__always)
  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double) {
    state[0] = L(momentum) * state[0] + L(1 - momentum) * g
    x -= rate * L.sign(state[0])
  }
}
