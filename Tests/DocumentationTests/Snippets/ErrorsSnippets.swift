import Descent
import Testing

/// The code of "Errors and what to do about each".
@Suite struct ErrorsSnippets {
  @Test func aNaN() throws {
    var x = [1.0, 2.0, 3.0]
    var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, count: 3)
    do {
      try optimizer.step(&x, gradient: [0.1, .nan, 0.3])
    } catch {
      print(error)  // names the tensor, the index and the value
    }
    let untouched = x == [1, 2, 3] && optimizer.completedSteps == 0
    #expect(untouched)
  }
}
