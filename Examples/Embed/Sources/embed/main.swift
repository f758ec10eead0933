// Descent in code of one's own: an array, a model of named tensors in an actor, a rule in ten lines.
//
//     swift run --package-path Examples/Embed

import Descent

// MARK: - An array, in place

func fitArray() throws {
  var x = [3.0, -4.0]
  var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .norm(1), count: x.count)
  for _ in 1...100 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }
  print("x² from (3, -4), 100 clipped steps:", x)
}

// MARK: - Named tensors, in an actor

actor Model {
  private var parameters: ParameterSet<Float>
  private var optimizer: Optimizer<Float>

  init() throws {
    let layout = try Layout([("dense.weight", [784, 10]), ("dense.bias", [10])])
    parameters = ParameterSet(zeros: layout)
    optimizer = try Optimizer(
      SGD(momentum: 0.9),
      learningRate: LearningRate(.warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500))),
      clipping: .norm(1), weightDecay: .decoupled(0.01),
      groups: [ParameterGroup("biases", of: layout, weightDecay: WeightDecay.none) { $0.hasSuffix(".bias") }],
      for: layout)
  }

  /// A step towards ones; the gradient of ½ ‖θ - 1‖².
  func step() throws -> StepReport {
    var gradients = parameters
    for entry in parameters.layout.entries {
      gradients.withUnsafeMutableBufferPointer(of: entry.name) { g in
        for i in g.indices { g[i] -= 1 }
      }
    }
    return try optimizer.step(&parameters, gradients: gradients)
  }
}

// MARK: - A rule of one's own

struct SignDescent: UpdateRule {
  var momentum = 0.9
  static var name: String { "sign-descent" }
  var slots: [String] { ["momentum"] }
  func coefficients(for step: Step) -> Double { momentum }
  static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double) {
    state[0] = L(momentum) * state[0] + L(1 - momentum) * g
    x -= rate * L.sign(state[0])
  }
}

func fitBySigns() throws {
  var x: [Float] = [3, -4]
  var optimizer = try Optimizer<Float>(
    SignDescent(), learningRate: LearningRate(.linear(from: 0.1, to: 0, over: 200)), count: 2)
  for _ in 1...200 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }
  print("the same by signs:", x)
}

// MARK: - A gradient that went wrong

func meetANaN() throws {
  var x = [1.0, 2.0, 3.0]
  var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 3)
  do {
    try optimizer.step(&x, gradient: [0.1, .nan, 0.3])
  } catch {
    print(error)
    print("nothing has changed:", x, "after", optimizer.completedSteps, "steps")
  }
}

try fitArray()
let model = try Model()
for _ in 1...3 { print(try await model.step()) }
try fitBySigns()
try meetANaN()
