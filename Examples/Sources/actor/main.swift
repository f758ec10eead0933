// Named tensors in an actor, biases in a group of their own, an observer, and a gradient that went wrong.
//     swift run -c release --package-path Examples actor

import Descent

actor Model {
  private var parameters: ParameterSet<Float>
  private var gradients: ParameterSet<Float>
  private var optimizer: Optimizer<Float>

  init(observer: @escaping @Sendable (StepReport) -> Void) throws {
    let layout = try Layout([("dense.weight", [784, 10]), ("dense.bias", [10])])
    parameters = ParameterSet(zeros: layout)
    gradients = parameters
    optimizer = try Optimizer(
      SGD(momentum: 0.9),
      learningRate: LearningRate(.warmup(to: 0.1, over: 50).then(.cosine(from: 0.1, over: 150))),
      clipping: .norm(1), weightDecay: .decoupled(0.01),
      groups: [ParameterGroup("biases", of: layout, weightDecay: WeightDecay.none) { $0.hasSuffix(".bias") }],
      for: layout)
    optimizer.observer = observer
  }

  /// A step towards ones; `slope` times the gradient of ½ ‖θ - 1‖².
  func step(slope: Float = 1) throws {
    for name in ["dense.weight", "dense.bias"] {
      let x = try parameters.span(of: name)
      var g = try gradients.mutableSpan(of: name)
      for i in g.indices { g[i] = slope * (x[i] - 1) }
    }
    try optimizer.step(&parameters, gradients: gradients)
  }

  /// How far the biases, which do not decay, are from ones.
  var distance: Float { (parameters["dense.bias"]?.elements ?? []).reduce(0) { max($0, abs($1 - 1)) } }
  var completedSteps: Int { optimizer.completedSteps }
}

let model = try Model { report in
  if report.step.isMultiple(of: 50) { print(report) }
}
for _ in 1...200 { try await model.step() }
let distance = await model.distance
print("largest distance of a bias from 1:", distance)
guard distance < 0.01 else { fatalError("this is not the minimum") }

do {
  try await model.step(slope: .nan)
  fatalError("a NaN was taken for a gradient")
} catch {
  print(error)
}
let (unchanged, steps) = await (model.distance == distance, model.completedSteps)
guard unchanged, steps == 200 else { fatalError("a refused step changed something") }
print("nothing has changed, after", steps, "steps")
