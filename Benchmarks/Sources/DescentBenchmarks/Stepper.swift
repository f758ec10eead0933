import CFloor
import Descent

/// An optimizer that takes steps on shared vectors.
final class Stepper<Scalar: BenchmarkScalar> {
  let vectors: Vectors<Scalar>
  private var optimizer: Optimizer<Scalar>?

  init(_ optimizer: Optimizer<Scalar>, on vectors: Vectors<Scalar>) {
    (self.optimizer, self.vectors) = (optimizer, vectors)
  }

  /// Takes so many steps and returns how many seconds that took.
  func run(_ count: Int) throws -> Double {
    // In variables of the function for the while: uses of a class's are guarded against overlapping access.
    var (own, parameters) = (optimizer.take()!, vectors.parameters.take()!)
    defer { (optimizer, vectors.parameters) = (own, parameters) }
    let start = floor_clock()
    try Scalar.step(&own, &parameters, vectors.gradients, times: count)
    return floor_clock() - start
  }

  /// How a tile is moved: by a kernel, say. Takes a step to see it.
  func path() throws -> String {
    var (own, parameters) = (optimizer.take()!, vectors.parameters.take()!)
    defer { (optimizer, vectors.parameters) = (own, parameters) }
    return "\(try own.step(&parameters, gradients: vectors.gradients).path)"
  }

  var contestant: Contestant { Contestant(run: run) }
}
