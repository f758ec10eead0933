import Descent
import Testing

/// The code of the first page.
@Suite struct DescentSnippets {
  @Test func aClippedDescent() throws {
    var x = [3.0, -4.0]
    var optimizer = try Optimizer<Double>(
      SGD(), learningRate: 0.1, clipping: .norm(1), count: x.count)
    for _ in 1...100 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }
    #expect(x.allSatisfy { abs($0) < 0.1 })
  }
}
