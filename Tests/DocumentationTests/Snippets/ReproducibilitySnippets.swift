import Descent
import Testing

/// The code of "Reproducibility".
@Suite struct ReproducibilitySnippets {
  @Test func theSameBits() throws {
    func run(threads: Int, instructionSet: InstructionSet) throws -> [Float] {
      var x = (0..<100_000).map { Float($0 % 1_000) - 500 }
      var optimizer = try Optimizer<Float>(
        Adam(), learningRate: 0.01, clipping: .norm(1),
        options: ExecutionOptions(backend: .kernels, threads: threads, instructionSet: instructionSet), count: x.count)
      for _ in 1...10 { try optimizer.step(&x, gradient: x) }
      return x
    }
    let here = try run(threads: 1, instructionSet: .best)
    let there = try run(threads: 2, instructionSet: .baseline)
    let areTheSame = here.map(\.bitPattern) == there.map(\.bitPattern)
    #expect(areTheSame)
  }
}
