import Descent
import Testing

/// The code of "Writing a rule in ten lines".
@Suite struct WritingARuleSnippets {
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

  @Test func signDescent() throws {
    var x: [Float] = [3, -4]
    var optimizer = try Optimizer<Float>(
      SignDescent(), learningRate: LearningRate(.linear(from: 0.1, to: 0, over: 200)), clipping: .norm(1), count: 2)
    for _ in 1...200 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }
    #expect(x.allSatisfy { abs($0) < 0.1 })
  }

  struct HeavyBall: UpdateRule {
    struct Coefficients: BitwiseCopyable { var momentum: Double }
    var momentum: Schedule = 0.9
    static var name: String { "heavy-ball" }
    var slots: [String] { ["velocity"] }
    var hyperparameters: [Hyperparameter] { [Hyperparameter("momentum", momentum, in: .fraction)] }
    func coefficients(for step: Step) -> Coefficients { Coefficients(momentum: step(momentum)) }
    @inline(__always)
    static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Coefficients) {
      state[0] = L(c.momentum) * state[0] - rate * g
      x += state[0]
    }
  }

  @Test func heavyBall() throws {
    var x = [3.0, -4.0]
    var optimizer = try Optimizer<Double>(HeavyBall(), learningRate: 0.1, count: 2)
    for _ in 1...200 { try optimizer.step(&x, gradient: x) }
    #expect(x.allSatisfy { abs($0) < 1e-3 })
    #expect(throws: StepError.self) {
      try Optimizer<Double>(HeavyBall(momentum: 1), learningRate: 0.1, count: 2)
    }
  }
}
