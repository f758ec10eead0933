import CFloor
import COpenBLAS
import Descent

/// All engines doing all chosen operations on vectors of one length and scalar type, in the same rounds.
struct Contest<Scalar: BenchmarkScalar> {
  let count: Int
  let threads: Int
  let operations: [Operation]

  /// The measurements, the floor of each operation first.
  func measurements(_ sampling: Sampling) throws -> [Measurement] {
    let workspace = Workspace<Scalar>(count: count)
    let passes = Set(operations.flatMap(\.passes)).sorted { $0.words < $1.words }
    // OpenBLAS and the naive loops go last: after them the caches and the clock are the least like at the start.
    let engines: [Engine] = [.descentKernels, .descentBLAS, .naive, .wholeVectorBLAS]
    let entries = engines.flatMap { engine in operations.map { (engine: engine, operation: $0) } }

    var contestants = passes.map { $0.contestant(over: workspace, threads: threads) }
    for entry in entries { contestants.append(try contestant(entry.engine, entry.operation, in: workspace)) }
    let seconds = try sampling.takeTurns(contestants)

    let passSeconds = Dictionary(uniqueKeysWithValues: zip(passes, seconds))
    let entrySeconds = seconds.dropFirst(passes.count)
    return operations.flatMap { operation in
      let floor = operation.passes.map { passSeconds[$0]! }.reduce([Double](repeating: 0, count: sampling.rounds)) {
        zip($0, $1).map(+)
      }
      var byEngine: [Engine: [Double]] = [.floor: floor]
      for (entry, seconds) in zip(entries, entrySeconds) where entry.operation == operation {
        byEngine[entry.engine] = seconds
      }
      return Engine.allCases.map {
        Measurement(
          operation: operation, engine: $0, scalar: "\(Scalar.self)", count: count,
          bytesPerElement: operation.words * MemoryLayout<Scalar>.stride, secondsByRound: byEngine)
      }
    }
  }

  // MARK: - Contestants

  private func contestant(
    _ engine: Engine, _ operation: Operation, in workspace: Workspace<Scalar>
  ) throws -> Contestant {
    switch engine {
    case .floor: preconditionFailure("the floor is a sum of passes, which have turns of their own")
    case .descentKernels: try descent(operation, .kernels, in: workspace)
    case .descentBLAS: try descent(operation, .blas, in: workspace)
    case .wholeVectorBLAS: wholeVectorBLAS(operation, in: workspace)
    case .naive: naive(operation, in: workspace)
    }
  }

  private func descent(
    _ operation: Operation, _ backend: Backend, in workspace: Workspace<Scalar>
  ) throws -> Contestant {
    let threads = threads
    guard operation != .norm else {
      return .timing { consume(try norm(workspace.readOnlyGradient.span, backend: backend, threads: threads).mantissa) }
    }
    var optimizer: Optimizer? = try Optimizer<Scalar>(
      SGD(momentum: operation == .momentum ? 0.9 : 0.0), learningRate: LearningRate(.constant(workspace.learningRate)),
      clipping: operation == .clippedSGD ? .norm(workspace.clipLimit) : .none,
      options: ExecutionOptions(backend: backend, threads: threads), count: count)
    return Contestant(run: { repetitions in
      // In a variable of the function for the while: one that a closure captured is guarded against overlapping access.
      var own = optimizer.take()!
      defer { optimizer = own }
      let start = floor_clock()
      try Scalar.step(&own, workspace, times: repetitions)
      return floor_clock() - start
    })
  }

  private func wholeVectorBLAS(_ operation: Operation, in workspace: Workspace<Scalar>) -> Contestant {
    let (n, rate, limit) = (Int32(count), workspace.learningRate, workspace.clipLimit)
    let (x, m) = (workspace.parameters.baseAddress!, workspace.momentum.baseAddress!)
    let g = workspace.readOnlyGradient.baseAddress!
    // OpenBLAS starts threads above 10,000 elements; they spin for 26 ms after a call and would hold a core.
    let pause = count > 10_000 && threads > 1 ? 0.04 : 0
    switch operation {
    case .norm: return .timing(pauseAfter: pause) { consume(Scalar.nrm2(n, g)) }
    case .clippedSGD:
      return .timing(pauseAfter: pause) {
        let norm = Scalar.nrm2(n, g)
        Scalar.axpy(n, Scalar(-rate * (norm > limit ? limit / norm : 1)), g, x)
      }
    case .momentum:
      return .timing(pauseAfter: pause) {
        guard Scalar.nrm2(n, g).isFinite else { return }
        Scalar.scal(n, 0.9, m)
        Scalar.axpy(n, 1, g, m)
        Scalar.axpy(n, Scalar(-rate), m, x)
      }
    }
  }

  private func naive(_ operation: Operation, in workspace: Workspace<Scalar>) -> Contestant {
    switch operation {
    case .norm: .timing { consume(Scalar.naiveNorm(workspace)) }
    case .clippedSGD: .timing { Scalar.naiveClippedSGD(workspace) }
    case .momentum: .timing { Scalar.naiveMomentum(workspace) }
    }
  }
}

/// Keeps a result that nobody needs from being left out of the program.
@inline(never)
private func consume(_ value: Double) {}
