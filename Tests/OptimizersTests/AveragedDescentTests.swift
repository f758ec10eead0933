import Descent
import TestSupport
import Testing

/// ASGD: the mean of its parameters is what it is evaluated at.
@Suite struct AveragedDescentTests {
  @Test func theEvaluationPointIsTheMean() throws {
    let rule = ASGD(lambda: 0, averagingStart: 2)
    var (optimizer, plain) = (
      try Optimizer<Double>(rule, learningRate: 0.1, count: 2),
      try Optimizer<Double>(SGD(), learningRate: 0.1, options: ExecutionOptions(backend: .kernels), count: 2)
    )
    var (x, y) = ([3.0, -4], [3.0, -4])
    #expect(try optimizer.evaluationPoint(of: x).parameters == x)
    var averaged: [[Double]] = []
    for step in 1...9 {
      try optimizer.step(&x, gradient: x)
      try plain.step(&y, gradient: y)
      expectBitsEqual(x, y)
      // Up to step t₀ + 2 the mean is of one point.
      averaged = step <= 4 ? [y] : averaged + [y]
      let mean = (0..<2).map { i in averaged.reduce(0) { $0 + $1[i] } / Double(averaged.count) }
      #expect(relativeError(try optimizer.evaluationPoint(of: x).parameters, expected: mean) < 1e-15, "step \(step)")
    }
  }

  /// A tensor that moves for the first time while others are averaged begins its mean where it is, not at zero.
  @Test func whatIsThawedBeginsItsMeanWhereItIs() throws {
    let layout = try Layout([("a", [2]), ("late", [2])])
    var optimizer = try Optimizer<Double>(
      ASGD(averagingStart: 0), learningRate: 0.1,
      groups: [ParameterGroup("frozen", tensors: ["late"], isFrozen: true)], for: layout)
    var x = try ParameterSet<Double>([("a", Tensor([1, 2])), ("late", Tensor([100, 200]))])
    let g = try ParameterSet<Double>([("a", Tensor([1, 1])), ("late", Tensor([1, 1]))])
    for _ in 1...5 { try optimizer.step(&x, gradients: g) }
    #expect(try optimizer.evaluationPoint(of: x).parameters["late"]!.elements == [100, 200])
    try optimizer.regroup([])
    try optimizer.step(&x, gradients: g)
    #expect(try optimizer.evaluationPoint(of: x).parameters["late"] == x["late"])
    let first = x["late"]!.elements
    try optimizer.step(&x, gradients: g)
    let mean = try optimizer.evaluationPoint(of: x).parameters["late"]!.elements
    #expect(mean[0] < first[0] && mean[0] > x["late"]!.elements[0])
  }
}
