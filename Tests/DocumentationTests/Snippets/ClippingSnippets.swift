import Descent
import Testing

/// The code of "Clipping".
@Suite struct ClippingSnippets {
  @Test func byValueAndNorm() throws {
    var x = [1.0, 2.0, 3.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .value(10).thenNorm(1), count: 3)
    let report = try optimizer.step(&x, gradient: [300, -4, 0])
    print(report.gradientNorm, report.clipFactor)
    #expect(report.gradientNorm > 300 && report.clipFactor < 0.1 && report.clipFactor > 0.09)
  }

  @Test func beyondTheRange() throws {
    var y = [0.0, 0.0, 0.0, 0.0]
    var steep = try Optimizer<Double>(SGD(), learningRate: 1, clipping: .norm(1), count: 4)
    try steep.step(&y, gradient: [1.7e308, 1.7e308, 1.7e308, 1.7e308])
    #expect(y == [-0.5, -0.5, -0.5, -0.5])
  }

  @Test func groups() throws {
    let layout = try Layout([("embedding", [100, 8]), ("output", [8, 2])])
    let embedding = ParameterGroup("embedding", tensors: ["embedding"], normLimit: .init(0.1, scope: .group))
    let grouped = try Optimizer<Float>(
      Adam(), learningRate: 1e-3, clipping: .norm(1, scope: .group), groups: [embedding], for: layout)
    #expect(grouped.groups.count == 1)
  }
}
